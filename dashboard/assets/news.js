// One question of each page waits at the server until something changed in its reader's reach
// (gateway/live.py). A page that shows what waits then asks again; one whose reader lost that reach
// ends at once.
(() => {
  "use strict";
  const USUAL = 60;
  const OFTEN = 10;
  const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1_000));

  let isNews = false;
  // Whether news comes by itself; a page that waits for some asks more often otherwise.
  let comes = false;
  window.gerbangNews = {
    seconds: () => (isNews ? 1 : comes ? USUAL : OFTEN),
    taken: () => { isNews = false; },
  };

  const follow = async () => {
    let known = 0;
    let followed = "";
    let isNothing = false;
    for (;;) {
      await pause(1);
      const drawnFor = document.getElementById("page")?.dataset.drawnFor ?? "";
      if (!drawnFor || document.hidden) continue;
      if (drawnFor !== followed) [followed, known, isNothing] = [drawnFor, 0, false];
      if (isNothing) continue;
      const answer = await fetch(`/news?known=${known}`).catch(() => null);
      isNothing = answer?.status === 204;
      const said = answer?.status === 200 ? await answer.json() : { news: null };
      if (said.ended) return location.reload();
      comes = said.news !== null;
      if (!comes) await pause(isNothing ? 0 : OFTEN);
      else if (said.news !== known) [known, isNews] = [said.news, true];
    }
  };
  follow();
})();
