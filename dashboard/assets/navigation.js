// Links and forms that only change the query change the address, and the page follows it
// without loading anew. Without this file they still work, as whole pages.
(() => {
  "use strict";

  const go = (query) => {
    history.pushState({}, "", query);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  };

  // The page redraws its links; the one that was followed must not lose the focus by that.
  let followed = null;
  new MutationObserver(() => {
    if (followed && document.activeElement === document.body) {
      const links = [...document.querySelectorAll(`#${followed.id} a`)];
      const again = links.find((link) => link.textContent === followed.text);
      (again ?? document.querySelector("#main")).focus({ preventScroll: true });
      followed = null;
    }
  }).observe(document.documentElement, { childList: true, subtree: true });

  document.addEventListener("click", (event) => {
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    const link = event.target.closest("a[href^='?']");
    if (link && isPlain) {
      event.preventDefault();
      const place = link.closest("[id]");
      followed = { id: place.id, text: link.textContent };
      go(link.getAttribute("href"));
    }
  });

  // What a form does not ask is left out of the address.
  const queryOf = (form) => {
    const asked = [...new FormData(form)].filter(([, value]) => value !== "");
    return "?" + new URLSearchParams(asked);
  };

  document.addEventListener("submit", (event) => {
    if (event.target.matches("form.months, form.filters")) {
      event.preventDefault();
      event.target.closest("details")?.removeAttribute("open");
      go(queryOf(event.target));
    }
  });

  // A filter applies as soon as it is chosen.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form.filters");
    if (form) go(queryOf(form));
  });

  // A click on the map chooses a place, or lets it go again.
  const choose = (clicked) => {
    const code = clicked?.points?.[0]?.customdata?.[0];
    if (code) {
      const query = new URLSearchParams(location.search);
      const by = query.get("by") ?? "country";
      if (query.get(by) === code) query.delete(by);
      else query.set(by, code);
      go("?" + query);
    }
    return null;
  };
  window.dash_clientside = { ...window.dash_clientside, gerbang: { choose } };

  // One definition is open at a time, and Escape closes it.
  const opened = "details.definition[open], details.custom-period[open]";
  const close = (except) =>
    document.querySelectorAll(opened).forEach((each) => (each.open = each === except));
  document.addEventListener("click", (event) => close(event.target.closest("details")));
  document.addEventListener("keydown", (event) => {
    const details = document.activeElement.closest(opened);
    if (event.key === "Escape") {
      close(null);
      details?.querySelector("summary").focus();
    }
  });

  // A session that has ended shows in the answers to the page's own questions.
  const ask = window.fetch;
  window.fetch = async (...question) => {
    const answer = await ask(...question);
    if (answer.status === 401) location.reload();
    return answer;
  };
})();
