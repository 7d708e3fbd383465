"use strict";
(() => {
  const page = document.documentElement;
  const table = document.querySelector(".dumps");
  const made = document.querySelector("time[data-made]");

  // A page that is left open grows old, and nobody shall take it for the present.
  const old = document.querySelector(".old");
  const grow = () => {
    const minutes = Math.floor((Date.now() - Date.parse(made.dateTime)) / 60000);
    if (minutes < 30) return;
    const hours = Math.floor(minutes / 60);
    const age = hours < 1 ? `${minutes} minutes` : hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
    old.textContent = `This report is ${age} old. Run the playbook again to see how it is now.`;
    old.hidden = false;
  };
  grow();
  setInterval(grow, 60000);
  if (!table) return;

  const number = (text) => (text === undefined ? null : Number(text));
  const states = ["failed", "unknown", "starting", "paused", "ok"];
  const rows = [...table.tBodies].map((body, rank) => {
    const { find, health, kind, region, project, wrong, lag, last, files } = body.dataset;
    return {
      body,
      find,
      health,
      kind,
      region,
      project,
      wrong: wrong === "1",
      keys: { rank, state: states.indexOf(health), lag: number(lag), last: number(last), files: number(files) },
    };
  });
  // Texts are looked up when somebody sorts by them.
  const texts = { name: ".label", where: ".where" };
  const keys = ["rank", "name", "state", "where", "lag", "last", "files"];
  const search = document.getElementById("search");
  // Choices of one value each; region and project are there only where there is a choice.
  const choices = ["kind", "region", "project"].map((name) => document.getElementById(name)).filter(Boolean);
  const order = document.getElementById("order");
  const chips = [...document.querySelectorAll(".chip")];
  const count = document.getElementById("count");
  const nothing = document.getElementById("nothing");
  const heads = [...table.tHead.querySelectorAll("th[data-key]")];

  const show = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const healths = chips.filter((chip) => chip.dataset.health && chip.getAttribute("aria-pressed") === "true").map((chip) => chip.dataset.health);
    const wrong = chips.some((chip) => chip.dataset.wrong && chip.getAttribute("aria-pressed") === "true");
    let shown = 0;
    for (const row of rows) {
      const fits =
        (!healths.length || healths.includes(row.health)) &&
        choices.every((choice) => !choice.value || row[choice.id] === choice.value) &&
        (!wrong || row.wrong) &&
        words.every((word) => row.find.includes(word));
      if (row.body.hidden === fits) row.body.hidden = !fits;
      shown += fits;
    }
    count.textContent = shown === rows.length ? `${rows.length} dumps` : `${shown} of ${rows.length} dumps`;
    nothing.hidden = shown > 0;
    table.hidden = shown === 0;
  };

  // What is chosen stands in the address, behind #, so that a link to it can be sent; of a file, too.
  let sortedBy = "rank";
  let restoring = true;
  const remember = () => {
    if (restoring) return;
    const chosen = new URLSearchParams();
    if (search.value) chosen.set("find", search.value);
    for (const choice of choices) if (choice.value) chosen.set(choice.id, choice.value);
    const pressed = chips.filter((chip) => chip.getAttribute("aria-pressed") === "true").map((chip) => chip.dataset.health || "problems");
    if (pressed.length) chosen.set("only", pressed.join(","));
    if (sortedBy !== "rank") chosen.set("sort", sortedBy);
    history.replaceState(null, "", `#${chosen}`);
  };
  const recall = () => {
    const chosen = new URLSearchParams(location.hash.slice(1));
    search.value = chosen.get("find") || "";
    for (const choice of choices) {
      choice.value = chosen.get(choice.id) || "";
      if (choice.selectedIndex < 0) choice.value = "";
    }
    const pressed = (chosen.get("only") || "").split(",");
    for (const chip of chips) chip.setAttribute("aria-pressed", String(pressed.includes(chip.dataset.health || "problems")));
    const key = (chosen.get("sort") || "rank").replace(/^-/, "");
    if (keys.includes(key)) sort(key, (chosen.get("sort") || "").startsWith("-"));
    show();
  };

  const names = new Intl.Collator(undefined, { numeric: true });
  const sort = (key, down) => {
    if (key in texts) for (const row of rows) row.keys[key] ??= row.body.querySelector(texts[key]).textContent;
    // What is not known comes last, whichever way round.
    const compare = (one, other) => {
      const left = one.keys[key];
      const right = other.keys[key];
      if (left === null || right === null) return (left === null) - (right === null);
      const way = typeof left === "string" ? names.compare(left, right) : left - right;
      return down ? -way : way;
    };
    rows.sort((one, other) => compare(one, other) || one.keys.rank - other.keys.rank);
    const sorted = document.createDocumentFragment();
    sorted.append(...rows.map((row) => row.body));
    table.append(sorted);
    for (const head of heads) {
      if (head.dataset.key === key) head.setAttribute("aria-sort", down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
    order.value = key;
    sortedBy = down ? `-${key}` : key;
    remember();
  };
  const largestFirst = (key) => key === "lag" || key === "last" || key === "files";

  const choose = () => {
    show();
    remember();
  };

  const turn = (body, open) => {
    // What is in there was escaped for a page without scripts, which is how it is read here.
    const unread = body.querySelector("noscript");
    if (unread) unread.outerHTML = unread.textContent;
    body.classList.toggle("open", open);
    body.querySelector(".open-row").setAttribute("aria-expanded", String(open));
  };

  for (const head of heads) {
    head.querySelector("button").addEventListener("click", () => {
      const now = head.getAttribute("aria-sort");
      sort(head.dataset.key, now ? now === "ascending" : largestFirst(head.dataset.key));
    });
  }
  order.addEventListener("change", () => sort(order.value, largestFirst(order.value)));
  for (const chip of chips) {
    chip.addEventListener("click", () => {
      chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
      choose();
    });
  }
  search.addEventListener("input", choose);
  for (const choice of choices) choice.addEventListener("change", choose);
  table.addEventListener("click", (event) => {
    const button = event.target.closest(".open-row");
    if (button) turn(button.closest("tbody"), button.getAttribute("aria-expanded") !== "true");
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Escape" && event.target === search && search.value) {
      search.value = "";
      choose();
    }
  });
  const follow = () => {
    const body = document.getElementById(location.hash.slice(1));
    if (!body || body.tagName !== "TBODY") {
      if (location.hash.includes("=")) recall();
      return;
    }
    if (body.hidden) {
      search.value = "";
      for (const choice of choices) choice.value = "";
      chips.forEach((chip) => chip.setAttribute("aria-pressed", "false"));
      show();
    }
    turn(body, true);
    body.scrollIntoView({ block: "start" });
    body.querySelector(".open-row").focus({ preventScroll: true });
  };
  addEventListener("hashchange", follow);
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#dump-"]');
    if (link && link.hash === location.hash) follow();
  });
  page.classList.add("ready");
  show();
  follow();
  restoring = false;
})();
