// The page on paper: pictures scaled to it, and the whole table for whoever prints by the button.
(() => {
  "use strict";

  window.addEventListener("beforeprint", () => {
    document.querySelectorAll("[data-here]").forEach((each) => (each.textContent = location.href));
    document.querySelectorAll(".graph .main-svg").forEach((svg) => {
      const { width, height } = svg.getBoundingClientRect();
      svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    });
    // What a circle is worth shrinks with the map.
    const map = document.querySelector(".graph-map")?.getBoundingClientRect().width;
    document.querySelectorAll(".sign.size").forEach((sign) => {
      sign.dataset.width = sign.style.width;
      sign.style.width = `${(100 * parseFloat(sign.style.width)) / map}cqw`;
    });
  });
  window.addEventListener("afterprint", () => {
    document.querySelectorAll(".graph .main-svg").forEach((svg) => svg.removeAttribute("viewBox"));
    document.querySelectorAll(".sign.size").forEach((sign) => (sign.style.width = sign.dataset.width));
  });

  // The link shows all rows, as it would without this file; what follows it is printed.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-print]");
    if (!link) return;
    if (new URLSearchParams(location.search).get("rows") === "all") {
      event.preventDefault();
      event.stopPropagation();
      window.print();
      return;
    }
    const ready = new MutationObserver(() => {
      ready.disconnect();
      setTimeout(() => window.print(), 300);
    });
    ready.observe(document.getElementById("ranking"), { childList: true, subtree: true });
  }, { capture: true });
})();
