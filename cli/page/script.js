// SPDX-License-Identifier: Apache-2.0
"use strict";
(function () {
	const form = document.getElementById("filter");
	const box = form.querySelector("input[type=search]");
	const kinds = Array.from(form.querySelectorAll("input[type=checkbox]"));
	const rows = Array.from(document.querySelectorAll("main tr[data-of]:not(.of-rule)"), function (row) {
		return { row: row, of: row.dataset.of.split(" "), text: row.textContent.toLowerCase() };
	});
	const rules = Array.from(document.querySelectorAll("tr.of-rule"));
	const articles = Array.from(document.querySelectorAll("article"));
	const shown = document.getElementById("shown");
	function apply() {
		const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
		const on = kinds.filter(function (k) { return k.checked; }).map(function (k) { return k.value; });
		let count = 0;
		rows.forEach(function (r) {
			const kept = r.of.some(function (k) { return on.includes(k); }) &&
				words.every(function (w) { return r.text.includes(w) || heading(r.row).includes(w); });
			r.row.hidden = !kept;
			if (kept && r.row.closest("article"))
				count++;
		});
		articles.forEach(function (a) { a.hidden = !a.querySelector("tr[data-of]:not([hidden])"); });
		rules.forEach(function (r) { r.hidden = document.getElementById(r.dataset.rule).hidden; });
		shown.textContent = count + (count === 1 ? " finding" : " findings");
	}
	function heading(row) {
		const a = row.closest("article");
		return a ? a.dataset.head || (a.dataset.head = a.querySelector("h3").parentNode.textContent.toLowerCase()) : "";
	}
	form.hidden = false;
	form.addEventListener("submit", function (e) { e.preventDefault(); });
	form.addEventListener("input", apply);
	apply();
})();
