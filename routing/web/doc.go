// Package web is the desk as pages in the browser: written on the server,
// German first, in the design of the German administration (KERN).
//
//	request --secure--> session --> visit (who, how shown) --> handler --> desk
//	                                                             |
//	   page <--html/template, one catalogue a language-- view <--+-- error --> fail: the one
//	                                                                  place that knows status codes
//
// Decisions:
//   - Links and forms first: every page works without a script. htmx only
//     swaps what a click or the clock changes; app.js only adds keys.
//   - Nothing is decided here. What a clerk may not see the desk does not find.
//   - No request leaves the house: style sheet, typeface and scripts are
//     embedded, and the policy in the header forbids everything else, scripts
//     and styles within the page included. Positions are therefore attributes
//     of SVG elements, never style attributes.
//   - Cross-site requests are refused by what the browser says about them
//     (http.CrossOriginProtection); there are no tokens in forms.
//   - A session holds the id of a visit and nothing of the clerk: the desk says
//     whether it goes on, and a change of password or roles ends it. Language,
//     theme and whether keys work are a cookie, for they hold before the log-in,
//     too; keys that a clerk moved are written into the finished page.
//   - Progress is asked for, not pushed: a short answer every few seconds
//     survives proxies and sleeping machines and needs no open connection.
package web
