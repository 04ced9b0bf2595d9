// Wires the parts together: the feed, the map, the panels, the language, and how live all of it is.

import { Feed } from './feed.js';
import { Inspector } from './inspector.js';
import { JunctionMap } from './map.js';
import { announceChanges, setText, showState } from './panels.js';
import { duration, t, toggleLanguage, translatePage } from './text.js';

const SCHEMA = 'lukou.console/1';
// Older than this, the picture is no longer called live.
const STALE_AFTER_S = 2;
const TICK_MS = 200;

const byId = (id) => document.getElementById(id);
const junction = new JunctionMap(byId('map'));
let live = 'waiting';
let schemaKnown = true;

const feed = new Feed(
  (state) => {
    schemaKnown = state.schema === SCHEMA;
    if (!schemaKnown) return tick();
    junction.show(state);
    showState(state);
    announceChanges(state, say);
    tick();
  },
  loadMap,
);

const inspector = new Inspector(feed);

/** After each connection anew: the service may have come back with another map. */
async function loadMap() {
  try {
    const answer = await fetch('/api/v1/map');
    if (!answer.ok) throw new Error(`/api/v1/map: ${answer.status}`);
    junction.setMap(await answer.json());
  } catch {
    // The connection went away again; the next one loads it.
  }
  tick();
}

function say(text) {
  byId('announce').textContent = text;
}

function liveness(ageS) {
  if (!schemaKnown) return 'stale';
  if (!feed.connected) return 'lost';
  if (ageS === null) return 'waiting';
  return ageS > STALE_AFTER_S ? 'stale' : 'live';
}

function bannerText(ageS) {
  if (!schemaKnown) return t('banner_schema');
  if (live === 'lost') return ageS === null ? t('banner_never') : t('banner_lost');
  return live === 'stale' ? t('banner_stale') : t('banner_waiting');
}

/** Keeps the words about the data's age true, whether or not anything arrives. */
function tick() {
  const ageS = feed.ageS();
  const before = live;
  live = liveness(ageS);
  document.documentElement.dataset.live = live;
  setText(byId('live-word'), t(live));
  setText(byId('live-age'), ageS === null || live === 'live' ? '' : duration(ageS));
  byId('banner').hidden = live === 'live';
  if (live !== 'live') {
    setText(byId('banner-text'), bannerText(ageS));
    setText(byId('banner-age'), ageS === null ? '' : t('data_age', duration(ageS)));
  }
  if (live === 'live' && before !== 'live') say(before === 'waiting' ? t('connected') : t('back'));
}

function showLanguage() {
  translatePage();
  byId('language').textContent = t('language');
  byId('map').setAttribute('aria-label', t('map'));
  if (feed.state && schemaKnown) showState(feed.state);
  junction.redraw();
  tick();
}

byId('language').addEventListener('click', () => {
  toggleLanguage();
  showLanguage();
});
byId('zoom-in').addEventListener('click', () => junction.view.zoom(1.4));
byId('zoom-out').addEventListener('click', () => junction.view.zoom(1 / 1.4));
byId('fit').addEventListener('click', () => junction.view.fit());
byId('messages').addEventListener('click', (event) => inspector.open(event.target.closest('tr').message));
byId('decode-open').addEventListener('click', () => inspector.open());
showLanguage();
setInterval(tick, TICK_MS);
