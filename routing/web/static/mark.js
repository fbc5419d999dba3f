// Marking letters in a list, and turning the pages of the open one. Both work
// without this file: by check boxes and by links.
"use strict";

(() => {
	const boxes = () => [...document.querySelectorAll("[data-like]")];

	// tell says how many letters are marked, when that has changed.
	const tell = () => {
		const said = document.getElementById("markiert");
		if (!said) return;
		const n = boxes().filter((b) => b.checked).length;
		const words = n === 0 ? said.dataset.none : n === 1 ? said.dataset.one : said.dataset.many.replace("#", n);
		if (said.textContent !== words) said.textContent = words;
	};

	// open is the check box of the letter that is looked at.
	const open = () => {
		const row = document.querySelector('[data-list] [aria-current="true"]');
		return row && row.parentElement.querySelector("[data-like]");
	};

	const turn = (by) => {
		const box = document.querySelector(".pages--boxed");
		const top = box ? box.getBoundingClientRect().top : 0;
		const sheets = [...document.querySelectorAll(".sheet")];
		const now = sheets.findLastIndex((s) => s.getBoundingClientRect().top <= top + 8);
		const sheet = sheets[Math.min(Math.max(now + by, 0), sheets.length - 1)];
		if (!sheet) return;
		if (box) box.scrollTop += sheet.getBoundingClientRect().top - top;
		else sheet.scrollIntoView();
	};

	document.addEventListener("change", (e) => {
		if (e.target.matches("[data-like]")) tell();
	});

	document.addEventListener("keydown", (e) => {
		if (e.key !== " " || e.ctrlKey || e.altKey || e.metaKey || document.body.dataset.keys !== "on") return;
		if (!e.target.matches('body, #inhalt, [data-list] [aria-current="true"]')) return;
		const box = open();
		if (!box) return;
		e.preventDefault();
		box.checked = !box.checked;
		tell();
	});

	document.addEventListener("click", (e) => {
		const pages = e.target.closest("[data-turn]");
		if (pages) {
			e.preventDefault();
			turn(Number(pages.dataset.turn));
			return;
		}
		const like = e.target.closest("[data-like-open]");
		const box = like && open();
		if (!box) return;
		e.preventDefault();
		const same = boxes().filter((b) => b.dataset.like === box.dataset.like);
		const on = same.some((b) => !b.checked);
		for (const b of same) b.checked = on;
		tell();
	});

	addEventListener("pageshow", tell);
})();
