// The panels beside the map. Everything that comes from the service goes in as text, never as markup.

import { duration, t, word } from './text.js';

const KMH = 3.6;
// A controller that was silent for longer than this is said to be silent.
const SIGNAL_OLD_S = 2;
const byId = (id) => document.getElementById(id);

/** Changes an element's text only when it differs: screen readers and the layout are left alone. */
export function setText(element, text) {
  const value = String(text);
  if (element.textContent !== value) element.textContent = value;
}

function figure(value, digits = 0) {
  return value === null || value === undefined ? '–' : value.toFixed(digits);
}

/** A new element with its class and children; text goes in as text. */
export function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** Keeps a list's elements in step with its items: one element for each key, made once, in the items' order. */
export function rows(list, items, key, make, fill) {
  const old = new Map([...list.children].map((child) => [child.dataset.key, child]));
  items.forEach((item, index) => {
    const name = String(key(item));
    let row = old.get(name);
    old.delete(name);
    if (!row) {
      row = make(item);
      row.dataset.key = name;
    }
    if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
    fill(row, item);
  });
  for (const gone of old.values()) gone.remove();
}

function tableRow(count, numbersFrom) {
  return () => {
    const cells = Array.from({ length: count }, (_, index) => element('td', index >= numbersFrom ? 'n' : ''));
    return element('tr', '', ...cells);
  };
}

function fillCells(row, texts) {
  texts.forEach((text, index) => setText(row.children[index], text));
}

/** Writes a state into all panels. */
export function showState(state) {
  showHeader(state);
  showSignals(state);
  rows(byId('sensors'), state.sensors, (sensor) => sensor.id, makeDevice, fillSensor);
  rows(byId('links'), state.links, (link) => link.id, makeDevice, fillLink);
  rows(byId('messages'), state.messages, (m) => `${m.set}/${m.message}`, makeMessage, fillMessage);
  byId('no-messages').hidden = state.messages.length > 0;
  byId('parking-panel').hidden = state.parking.length === 0;
  rows(byId('parking'), state.parking, (lot) => lot.lot, makeLot, fillLot);
  byId('lanes-panel').hidden = state.lanes.length === 0;
  rows(byId('lanes'), state.lanes, (lane) => lane.lane, tableRow(5, 1), fillLane);
  byId('no-drops').hidden = state.drops.length > 0;
  rows(byId('drops'), state.drops, (drop) => `${drop.place}/${drop.reason}`, tableRow(3, 2), (row, drop) => {
    fillCells(row, [drop.place, drop.reason, drop.count]);
  });
  byId('no-held').hidden = state.held.length > 0;
  rows(byId('held'), state.held, (held) => `${held.place}/${held.reason}`, tableRow(3, 2), (row, held) => {
    fillCells(row, [held.place, word('held_reason', held.reason), held.count]);
  });
  showTracks(state);
}

function showHeader(state) {
  setText(byId('site'), state.site);
  setText(byId('city'), `${state.city} · Lukou 路口 ${state.version}`);
  setText(byId('p50'), figure(state.latency.capture_to_radio_p50_ms));
  setText(byId('p99'), figure(state.latency.capture_to_radio_p99_ms));
  const sum = (items) => items.reduce((total, item) => total + item.per_s, 0);
  const cameras = state.sensors.filter((sensor) => sensor.kind === 'camera');
  setText(byId('fps'), cameras.length ? sum(cameras).toFixed(1) : '–');
  setText(byId('sent'), sum(state.messages).toFixed(0));
  setText(byId('uptime'), duration(state.uptime_s));
}

function showSignals(state) {
  const ageS = state.signal_age_s;
  const old = ageS !== null && ageS > SIGNAL_OLD_S;
  const note = state.signals.length === 0 ? t('no_signal') : old ? t('signal_old', duration(ageS)) : '';
  setText(byId('signal-note'), note);
  byId('signal-note').hidden = note === '';
  byId('signals').classList.toggle('old', old);
  rows(byId('signals'), state.signals, (signal) => signal.group, makeSignal, fillSignal);
}

function makeSignal() {
  const lamps = element('span', 'lamps', element('i', 'r'), element('i', 'y'), element('i', 'g'));
  lamps.setAttribute('aria-hidden', 'true');
  const words = element('span', 'words', element('small', 'dim'), element('b', 'light'), element('small', 'held'));
  return element('li', 'signal', lamps, words, element('span', 'left'));
}

function fillSignal(row, signal) {
  row.dataset.light = signal.light;
  setText(row.querySelector('small'), `${t('group')} ${signal.group}`);
  setText(row.querySelector('.light'), word('light', signal.light));
  setText(row.querySelector('.held'), signal.held === null ? '' : word('held_reason', signal.held));
  setText(row.querySelector('.left'), signal.left_s === null ? '' : Math.ceil(Math.max(signal.left_s, 0)));
}

function makeDevice() {
  const name = element('span', 'name', element('b', 'id'), element('small', 'kind dim'), element('small', 'chip simulated'));
  const state = element('span', 'state', element('span', 'dot'), element('span', 'level'));
  return element('li', 'device', name, state, element('span', 'detail dim'));
}

function fillDevice(row, item, kind, detail) {
  row.dataset.level = item.state;
  setText(row.querySelector('.id'), item.id);
  setText(row.querySelector('.kind'), kind);
  const chip = row.querySelector('.chip');
  chip.hidden = item.simulated !== true;
  setText(chip, t('simulated'));
  setText(row.querySelector('.level'), word('level', item.state));
  const texts = detail.filter((text) => text !== '');
  setText(row.querySelector('.detail'), texts.join(' · '));
}

function fillSensor(row, sensor) {
  // A healthy sensor's age changes with every state: words that flicker tell nobody anything.
  const age = sensor.age_s === null ? t('never') : sensor.age_s < 1 ? '' : t('newest', duration(sensor.age_s));
  fillDevice(row, sensor, word('sensor_kind', sensor.kind), [`${sensor.per_s.toFixed(1)}/s`, age, sensor.detail]);
}

function fillLink(row, link) {
  fillDevice(row, link, word('link_kind', link.kind), [link.detail]);
}

function makeMessage() {
  const row = tableRow(3, 1)();
  const button = element('button', '');
  button.type = 'button';
  button.setAttribute('aria-haspopup', 'dialog');
  row.firstChild.append(button);
  return row;
}

function fillMessage(row, message) {
  // Whoever clicks the row is told of this one.
  row.message = message;
  const button = row.querySelector('button');
  setText(button, `${message.message} ${message.set}`);
  button.title = t('inspect');
  setText(row.children[1], message.per_s.toFixed(1));
  setText(row.children[2], message.last_bytes);
}

function makeLot() {
  const counts = ['free', 'occupied', 'unknown'].map((name) => element('span', name, element('b'), ' ', element('small', 'dim')));
  return element('li', 'lot', element('b', 'name'), element('span', 'counts', ...counts), element('span', 'bays'));
}

function fillLot(row, lot) {
  setText(row.querySelector('.name'), lot.name);
  for (const name of ['free', 'occupied', 'unknown']) {
    const count = row.querySelector(`.counts .${name}`);
    setText(count.querySelector('b'), lot[name]);
    setText(count.querySelector('small'), t(name));
  }
  rows(row.querySelector('.bays'), lot.bays, (bay) => bay.bay, () => element('i', 'bay'), (mark, bay) => {
    mark.dataset.status = bay.status;
    mark.title = `${bay.bay}: ${t(bay.status)}`;
    setText(mark, bay.bay);
  });
}

function fillLane(row, lane) {
  const speed = lane.mean_speed_mps === null ? null : lane.mean_speed_mps * KMH;
  const occupied = lane.occupancy === null ? '–' : `${(lane.occupancy * 100).toFixed(0)} %`;
  fillCells(row, [lane.lane, figure(lane.flow_per_h), figure(speed), occupied, figure(lane.queue)]);
}

function showTracks(state) {
  setText(byId('track-count'), state.tracks.length);
  const counts = new Map();
  for (const track of state.tracks) counts.set(track.class, (counts.get(track.class) ?? 0) + 1);
  const classes = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  rows(byId('classes'), classes, ([name]) => name, () => element('li', '', element('i'), element('span'), element('b')), (row, [name, count]) => {
    row.firstChild.dataset.class = name;
    setText(row.children[1], word('classes', name));
    setText(row.children[2], count);
  });
  byId('simulated-note').hidden = !state.tracks.some((track) => track.simulated);
  // A closed list costs nothing.
  const tracks = byId('tracks').closest('details').open ? state.tracks : [];
  rows(byId('tracks'), tracks, (track) => track.id, tableRow(5, 5), (row, track) => {
    const seenBy = track.sources.join(', ') + (track.simulated ? ` (${t('simulated')})` : '');
    const speed = (track.speed_mps * KMH).toFixed(0);
    fillCells(row, [track.id, word('classes', track.class), speed, track.lane ?? '–', seenBy]);
    row.children[2].className = 'n';
  });
}

const levels = new Map();

/** Says once when a sensor or link changes for the better or the worse. */
export function announceChanges(state, say) {
  const changes = [];
  for (const item of [...state.sensors, ...state.links]) {
    const before = levels.get(item.id);
    if (before !== undefined && before !== item.state) changes.push(t('changed', item.id, word('level', item.state)));
    levels.set(item.id, item.state);
  }
  if (changes.length > 0) say(changes.join('. '));
}
