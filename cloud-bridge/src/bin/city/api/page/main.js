// The city on one page: asks the API every few seconds; nothing comes from anywhere else.
const PERIOD_MS = 5000;
const DAY_US = 86400e6;
const MAX_LISTED = 200;
const element = (id) => document.getElementById(id);
let token = sessionStorage.getItem("token");

element("login").addEventListener("submit", (event) => {
  event.preventDefault();
  token = element("token").value.trim();
  sessionStorage.setItem("token", token);
  refresh();
});

async function ask(path) {
  const answer = await fetch(path, token ? { headers: { Authorization: `Bearer ${token}` } } : {});
  element("login").hidden = answer.status !== 401;
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error.message);
  return body;
}

function make(name, attributes, ...children) {
  const made = document.createElement(name);
  Object.assign(made, attributes);
  made.append(...children);
  return made;
}

const nameOf = (site) => site.name ?? `${site.city}/${site.site}`;

// How a site is: gone, or what it says of itself.
const stateOf = (site) => (site.alive === false ? "gone" : site.state ?? "unknown");

function shape(name, attributes, title) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (title) {
    const tip = document.createElementNS("http://www.w3.org/2000/svg", "title");
    tip.textContent = title;
    made.append(tip);
  }
  return made;
}

// Beside a place, on the side where there is room.
function label(cx, cy, away, words) {
  const right = cx > 700;
  const made = shape("text", { x: right ? cx - away : cx + away, y: cy + 4, "text-anchor": right ? "end" : "start" });
  made.textContent = words;
  return made;
}

// Nobody shall take a simulation for the truth.
const marked = (text, of) => (of.simulated ? `${text}, simulated` : text);
const lasts = (event) => !event.message.ended_at_us;
const words = (name) => name.replaceAll("_", " ");

// Equirectangular about the sites' middle: true to shape within a city.
function drawMap(sites, events) {
  const placed = sites.filter((site) => site.latitude_deg != null);
  const nowhere = sites.length - placed.length;
  element("nowhere").hidden = nowhere === 0;
  element("nowhere").textContent = `${nowhere} ${nowhere === 1 ? "site has" : "sites have"} said no place, and the settings name none`;
  const map = element("map");
  map.replaceChildren();
  if (placed.length === 0) return;
  const extent = (values) => [Math.min(...values), Math.max(...values)];
  const [south, north] = extent(placed.map((site) => site.latitude_deg));
  const [west, east] = extent(placed.map((site) => site.longitude_deg));
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const span = Math.max((east - west) * squeeze / 920, (north - south) / 620, 1e-6);
  const x = (longitude_deg) => 500 + ((longitude_deg - (east + west) / 2) * squeeze) / span;
  const y = (latitude_deg) => 350 - (latitude_deg - (south + north) / 2) / span;
  const many = placed.length > 200;
  for (const site of placed) {
    const [cx, cy, state] = [x(site.longitude_deg), y(site.latitude_deg), stateOf(site)];
    map.append(shape("circle", { cx, cy, r: many ? 4 : 8, class: state }, `${nameOf(site)}: ${state}`));
    // Where there is room for names, and else of those that somebody has to look at.
    if (placed.length <= 12 || (!many && state !== "ok")) map.append(label(cx, cy, 12, nameOf(site)));
  }
  // Over the sites: a ring about the place, so that both are seen.
  for (const { message } of events.filter(lasts)) {
    const [cx, cy] = [x(message.lon_deg), y(message.lat_deg)];
    map.append(shape("circle", { cx, cy, r: many ? 8 : 14, class: "event" }, marked(words(message.kind), message)));
    if (!many) map.append(label(cx, cy, 18, marked(words(message.kind), message)));
  }
}

function list(id, rows, none) {
  const shown = rows.slice(0, MAX_LISTED);
  if (rows.length > shown.length) shown.push(make("li", { className: "dim" }, `and ${rows.length - shown.length} more`));
  element(id).replaceChildren(...(rows.length ? shown : [make("li", { className: "dim" }, none)]));
}

function row(state, name, detail) {
  const dot = make("span", { className: `dot ${state}`, ariaHidden: "true" });
  return make("li", {}, dot, make("span", {}, name), make("small", {}, detail));
}

function show(sites, lots, events, commands) {
  const worst = ["gone", "failed", "degraded", "unknown", "ok"];
  sites.sort((a, b) => worst.indexOf(stateOf(a)) - worst.indexOf(stateOf(b)));
  element("alive").textContent = sites.filter((site) => site.alive).length;
  element("all").textContent = sites.length;
  element("bad").textContent = sites.filter((site) => stateOf(site) !== "ok").length;
  element("free").textContent = lots.reduce((sum, lot) => sum + (lot.properties.free ?? 0), 0);
  drawMap(sites, events);
  const siteRow = (site) => row(stateOf(site), nameOf(site), [marked(stateOf(site), site), ...(site.reasons ?? [])].join(", "));
  list("sites", sites.map(siteRow), "none has been seen");
  const lotRow = ({ properties: lot }) => row(lot.free > 0 ? "ok" : "degraded", lot.name || lot.lot, marked(`${lot.free} of ${lot.total} free`, lot));
  lots.sort((a, b) => a.properties.free - b.properties.free);
  list("lots", lots.map(lotRow), "no site has a lot");
  const names = new Map(sites.map((site) => [`${site.city}/${site.site}`, nameOf(site)]));
  const eventRow = (event) => {
    const at = `${event.city}/${event.message.site}`;
    const since = new Date(event.message.began_at_us / 1000).toLocaleTimeString([], { timeStyle: "short" });
    const detail = lasts(event) ? `since ${since}` : `${since}, ${event.message.ending ?? "over"}`;
    return row(lasts(event) ? "degraded" : "over", `${words(event.message.kind)}, ${names.get(at) ?? at}`, marked(detail, event.message));
  };
  const commandRow = (command) => {
    const at = `${command.city}/${command.site}`;
    const detail = [words(command.state), command.reason].filter(Boolean).join(": ");
    return row(command.state, `${words(command.kind)}, ${names.get(at) ?? at}`, detail);
  };
  list("commands", commands.map(commandRow), "none");
  // The sort is stable: within each half the last told stay in front.
  list("events", events.sort((a, b) => lasts(b) - lasts(a)).map(eventRow), "none");
}

async function refresh() {
  try {
    const from_us = Math.floor(Date.now() * 1000 - DAY_US);
    const [sites, lots, events, commands] = await Promise.all([
      ask("/api/v1/sites"), ask("/api/v1/parking.geojson"), ask(`/api/v1/events/newest?from_us=${from_us}&limit=1000`),
      ask(`/api/v1/commands?from_us=${from_us}&limit=${MAX_LISTED}`),
    ]);
    show(sites.sites, lots.features, events.events, commands.commands);
    element("fresh").textContent = `as of ${new Date().toLocaleTimeString()}`;
    element("fresh").className = "";
  } catch (error) {
    element("fresh").textContent = error.message;
    element("fresh").className = "lost";
  }
}

// One round after the other: a city that answers slowly is not asked more and more.
async function watch() {
  await refresh();
  setTimeout(watch, PERIOD_MS);
}

watch();
