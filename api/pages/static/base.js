// What all pages share: the chosen looks, and what the server says after a change.
(() => {
  "use strict";
  const root = document.documentElement;
  const looks = () => localStorage.getItem("looks") || "auto";
  const show = () => {
    root.dataset.looks = looks();
    document.querySelectorAll("[data-looks]:not(html)").forEach((button) =>
      button.setAttribute("aria-pressed", String(button.dataset.looks === looks())));
  };
  show();
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-looks]");
    if (!button) return;
    localStorage.setItem("looks", button.dataset.looks);
    show();
  });
  // On a telephone the sections stand in one line that goes on to the side.
  const here = document.querySelector(".top nav [aria-current]");
  if (here) here.parentElement.scrollLeft = here.offsetLeft - here.parentElement.offsetLeft - 24;
  // `HX-Trigger: {"said": "..."}` of an answer is read out and shown for a while.
  let hide;
  document.addEventListener("said", (event) => {
    const place = document.getElementById("said");
    place.textContent = event.detail.value ?? event.detail;
    clearTimeout(hide);
    hide = setTimeout(() => { place.textContent = ""; }, 8000);
  });
})();
