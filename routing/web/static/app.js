// Keys, the drop area, and what is said aloud when numbers change. Every page
// works without this file.
"use strict";

(() => {
	const typing = (el) => el.closest("input:not([type=checkbox]):not([type=radio]), select, textarea, [contenteditable]");

	// step moves the focus in the list of letters and opens the one it reaches.
	const step = (by) => {
		const list = document.querySelector("[data-list]");
		if (!list) return false;
		const rows = [...list.querySelectorAll("a")];
		const now = rows.indexOf(document.activeElement);
		const at = now >= 0 ? now : rows.findIndex((a) => a.hasAttribute("aria-current"));
		const row = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
		if (!row || row === document.activeElement) return false;
		row.focus();
		row.click();
		return true;
	};

	// stale says that el belongs to a letter whose place another is about to take.
	const stale = (el) => {
		const pane = el.closest("[data-of]");
		const row = document.querySelector('[data-list] [aria-current="true"]');
		return pane && row && pane.dataset.of !== row.id;
	};

	// What is shown of the display's choices closes with Escape, or beside it.
	const shown = (e) => document.querySelectorAll(".display[open]").forEach((d) => {
		if (e.type === "keydown" ? e.key !== "Escape" : d.contains(e.target)) return;
		if (d.contains(document.activeElement)) d.firstElementChild.focus();
		d.open = false;
	});
	document.addEventListener("keydown", shown);
	document.addEventListener("click", shown);

	// A form goes out once, however often the key is pressed.
	document.addEventListener("submit", (e) => {
		if (e.defaultPrevented) return;
		if (e.target.dataset.sent) e.preventDefault();
		e.target.dataset.sent = "yes";
	});
	addEventListener("pageshow", () => {
		for (const form of document.querySelectorAll("[data-sent]")) delete form.dataset.sent;
	});

	document.addEventListener("keydown", (e) => {
		if (e.ctrlKey || e.altKey || e.metaKey || e.defaultPrevented || typing(e.target)) return;
		if (e.key === "ArrowDown" || e.key === "ArrowUp") {
			const inList = e.target.closest("[data-list]") || e.target === document.body || e.target.id === "inhalt";
			if (inList && step(e.key === "ArrowDown" ? 1 : -1)) e.preventDefault();
			return;
		}
		if (e.target.matches("input:not([data-like])")) return;
		const enter = e.key === "Enter";
		if ((enter || e.key.length === 1) && document.body.dataset.keys !== "on") return;
		// Enter on a row that is not open opens it; on a button it is the button's.
		if (enter && !e.target.matches('body, #inhalt, #h-frage, [data-list] [aria-current="true"], [data-strip] [aria-current="true"]')) return;
		const key = CSS.escape(e.shiftKey && e.key.length > 1 ? "Shift+" + e.key : e.key);
		const field = document.querySelector(`[data-focus="${key}"]`);
		const el = field || document.querySelector(`[data-key="${key}"]`);
		if (!el || el.disabled) return;
		e.preventDefault();
		if (e.repeat || stale(el)) return;
		const fold = field && field.closest("details");
		if (fold) fold.open = true;
		if (field) field.focus();
		else el.click();
	});

	// The row that is open keeps the mark when only the other pane was swapped.
	document.addEventListener("click", (e) => {
		const row = e.target.closest("a[hx-target]");
		if (!row || !window.htmx) return;
		const all = row.closest("[data-list], .letters");
		for (const a of all ? all.querySelectorAll("[aria-current]") : []) a.removeAttribute("aria-current");
		row.setAttribute("aria-current", "true");
	});

	// What the numbers of the scan room came to is said once, when it changes.
	document.addEventListener("htmx:afterSwap", () => {
		const now = document.querySelector("[data-say]");
		const said = document.getElementById("meldung");
		if (now && said && said.textContent !== now.dataset.say) said.textContent = now.dataset.say;
	});

	// Files may be dropped anywhere on the scan room's page.
	const form = document.getElementById("ablegen");
	if (form) {
		const area = form.parentElement;
		const files = document.getElementById("dateien");
		document.addEventListener("dragover", (e) => {
			if (![...e.dataTransfer.types].includes("Files")) return;
			e.preventDefault();
			area.classList.add("drop--over");
		});
		document.addEventListener("dragleave", (e) => {
			if (!e.relatedTarget) area.classList.remove("drop--over");
		});
		document.addEventListener("drop", (e) => {
			if (!e.dataTransfer.files.length) return;
			e.preventDefault();
			area.classList.remove("drop--over");
			files.files = e.dataTransfer.files;
			form.requestSubmit();
		});
	}

	const wrong = document.getElementById("fehler");
	if (wrong) wrong.focus();
})();
