// The message inspector: the newest message of a kind, decoded and kept new, or a frame that a person pastes.

import { element, rows, setText } from './panels.js';
import { duration, t, word } from './text.js';
import { Tree } from './tree.js';

const REFRESH_MS = 1000;
// A message that went out longer ago than this is not what the unit says now.
const OLD_S = 3;
// The service takes no more characters; see docs/ref/api.md.
const MOST_CHARACTERS = 12 * 1024;
// Octets to a group of hex digits.
const GROUP = 8;
const PASTE = 'paste';

const byId = (id) => document.getElementById(id);
const keyOf = (message) => `${message.set}/${message.message}`;

/** The dialog. `feed` knows which messages there are, and the service's time. */
export class Inspector {
  constructor(feed) {
    this.feed = feed;
    this.dialog = byId('inspector');
    this.tree = new Tree(byId('inspector-tree'));
    // What is looked at: a message of the state, or PASTE.
    this.chosen = PASTE;
    // What is shown: the answer, and whether it is a refusal, or a sentence in place of both.
    this.shown = null;
    this.held = false;
    this.asked = 0;
    this.listen();
  }

  listen() {
    byId('inspector-close').addEventListener('click', () => this.dialog.close());
    byId('inspector-open-all').addEventListener('click', () => this.tree.openAll(true));
    byId('inspector-close-all').addEventListener('click', () => this.tree.openAll(false));
    byId('inspector-hold').addEventListener('click', () => this.hold(!this.held));
    byId('paste').addEventListener('submit', (event) => {
      event.preventDefault();
      this.decode();
    });
    byId('paste-text').addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.decode();
    });
    setInterval(() => this.refresh(), REFRESH_MS);
  }

  /** Opens at a message of the state, or at the field for a frame. */
  open(message) {
    this.dialog.showModal();
    this.choose(message ?? PASTE);
    this.loadDialects();
  }

  choose(chosen) {
    this.chosen = chosen;
    this.hold(false);
    byId('paste').hidden = chosen !== PASTE;
    byId('inspector-hold').hidden = chosen === PASTE;
    this.showChoices();
    this.put(null);
    if (chosen === PASTE) byId('paste-text').focus();
    else {
      byId('inspector-choices').querySelector('[aria-pressed=true]').focus();
      this.refresh();
    }
  }

  hold(held) {
    this.held = held;
    byId('inspector-hold').setAttribute('aria-pressed', String(held));
    this.showFacts();
  }

  showChoices() {
    const messages = [...(this.feed.state?.messages ?? [])];
    // What was chosen stays to be seen, even if the unit has been started anew and has not said it yet.
    if (this.chosen !== PASTE && !messages.some((m) => keyOf(m) === keyOf(this.chosen))) messages.push(this.chosen);
    const chosenKey = this.chosen === PASTE ? PASTE : keyOf(this.chosen);
    rows(byId('inspector-choices'), [...messages, PASTE], (m) => (m === PASTE ? PASTE : keyOf(m)), (message) => {
      const button = element('button', 'plain');
      button.type = 'button';
      button.addEventListener('click', () => this.choose(message));
      return button;
    }, (button, message) => {
      setText(button, message === PASTE ? t('paste') : `${message.message} ${message.set}`);
      button.setAttribute('aria-pressed', String(button.dataset.key === chosenKey));
    });
  }

  async loadDialects() {
    const select = byId('paste-dialect');
    if (select.options.length > 0) return;
    const { body } = await ask('/api/v1/messages');
    if (!body?.dialects || select.options.length > 0) return;
    select.append(...body.dialects.map((dialect) => new Option(dialect, dialect)));
    const own = this.shown?.body?.dialect ?? body.messages[0]?.dialect;
    if (own !== undefined) select.value = own;
  }

  /** Once a second: what is chosen, anew. */
  async refresh() {
    if (!this.dialog.open || document.hidden) return;
    this.showChoices();
    this.showFacts();
    if (this.chosen === PASTE || this.held) return;
    const { set, message } = this.chosen;
    await this.show(`/api/v1/messages/${encodeURIComponent(set)}/${encodeURIComponent(message)}`, () => !this.held);
  }

  async decode() {
    const pasted = byId('paste-text').value;
    const frame = pasted.includes('=') ? pasted.trim() : pasted.replace(/[\s:]/g, '');
    if (frame === '') return this.put(null);
    if (frame.length > MOST_CHARACTERS) return this.put({ sentence: t('too_long', frame.length, MOST_CHARACTERS) });
    this.tree.clear();
    await this.show(`/api/v1/decode?${new URLSearchParams({ dialect: byId('paste-dialect').value, hex: frame })}`);
  }

  /** Asks, and shows the answer unless something else is wanted by then. */
  async show(path, stillWanted = () => true) {
    const [ticket, chosen] = [++this.asked, this.chosen];
    const answer = await ask(path);
    if (ticket === this.asked && chosen === this.chosen && stillWanted()) this.put(answer);
  }

  put(shown) {
    // An answer that is still on its way is about something else.
    this.asked += 1;
    this.shown = shown;
    const body = shown?.body ?? null;
    const isMessage = body !== null && !body.error;
    byId('inspector-wrong').hidden = !body?.error && !shown?.sentence;
    setText(byId('wrong-what'), body?.error ?? shown?.sentence ?? '');
    // What is no hex has no place in a message.
    byId('wrong-place').hidden = !body?.error || !body.hex;
    if (body?.error) {
      setText(byId('wrong-at'), body.at || t('as_a_whole'));
      setText(byId('wrong-bit'), body.bit === null ? '–' : bitText(body.bit, body.hex.length / 2));
    }
    if (isMessage) this.tree.show(body.json);
    else this.tree.clear();
    byId('inspector-tools').hidden = !isMessage;
    showHex(body?.hex ?? '', body?.error ? body.bit : null);
    this.showFacts();
  }

  showFacts() {
    const body = this.shown?.body;
    const facts = [];
    if (body?.message) facts.push(body.message);
    if (body?.dialect) facts.push(body.dialect);
    if (body?.hex) facts.push(t('octet_count', body.hex.length / 2));
    if (body?.layer) facts.push(layerText(body.layer));
    const ageS = body?.sent_us === undefined ? null : this.ageS(body.sent_us);
    setText(byId('inspector-facts'), facts.join(' · '));
    const age = byId('inspector-age');
    setText(age, ageS === null ? '' : ageS < OLD_S ? t('sent_now') : t('sent_ago', duration(ageS)));
    age.classList.toggle('old', ageS !== null && ageS >= OLD_S);
  }

  /** How long ago that was by the service's own clock; null while that is not known. */
  ageS(us) {
    return this.feed.offsetMs === null ? null : Math.max((performance.now() + this.feed.offsetMs) / 1000 - us / 1e6, 0);
  }
}

/** The answer's JSON in `body`, whatever its status; a sentence where there is none. */
async function ask(path) {
  try {
    const answer = await fetch(path);
    if (answer.headers.get('content-type') === 'application/json') return { body: await answer.json() };
    return { sentence: answer.status === 404 ? t('not_sent') : (await answer.text()).trim() };
  } catch {
    return { sentence: t('no_answer') };
  }
}

function layerText(layer) {
  const id = layer.aid ?? layer.psid ?? `0x${(layer.psid_p_encoded ?? 0).toString(16).toUpperCase()}`;
  return t('in_layer', word('layer', layer.name), id);
}

function bitText(bit, octets) {
  const octet = Math.floor(bit / 8);
  return octet < octets ? t('bit', bit, octet) : t('bit_behind', bit);
}

/** Hex in groups; the octet in which a bit lies, or the end, is marked. Copied, it is one line without blanks. */
function showHex(hex, bit) {
  const pre = byId('inspector-hex');
  const key = `${bit} ${hex}`;
  if (pre.dataset.key === key) return;
  pre.dataset.key = key;
  const broken = bit === null ? -1 : Math.floor(bit / 8);
  const groups = [];
  for (let octet = 0; octet * 2 < hex.length; octet += GROUP) {
    const text = hex.slice(octet * 2, (octet + GROUP) * 2);
    const at = (broken - octet) * 2;
    const isHere = at >= 0 && at < text.length;
    groups.push(isHere ? element('span', '', text.slice(0, at), element('mark', '', text.slice(at, at + 2)), text.slice(at + 2)) : element('span', '', text));
  }
  if (broken * 2 >= hex.length) groups.push(element('mark', 'end'));
  pre.replaceChildren(...groups);
  byId('inspector-octets').hidden = hex === '';
}
