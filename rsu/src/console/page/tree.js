// JSON as a tree to open and close. Shown anew, it keeps what a person has opened, and the place of the focus.

import { element, rows, setText } from './panels.js';

// As many levels are open at first as this many rows show; two at least.
const FIRST_ROWS = 60;
const LEAST_LEVELS = 2;
const PREVIEW_CHARACTERS = 160;

const isBranch = (value) => value !== null && typeof value === 'object';

function levelsToOpen(value) {
  let [level, shown, levels] = [[value], 0, 0];
  while (level.length > 0) {
    const next = level.flatMap((branch) => Object.values(branch));
    shown += next.length;
    if (shown > FIRST_ROWS) break;
    levels += 1;
    level = next.filter(isBranch);
  }
  return Math.max(levels, LEAST_LEVELS);
}

/** A tree in a list element. */
export class Tree {
  constructor(list) {
    this.list = list;
    this.levels = null;
  }

  /** Forgets what is shown and what was opened. */
  clear() {
    this.list.hidden = true;
    this.levels = null;
    this.list.replaceChildren();
  }

  show(json) {
    this.list.hidden = false;
    this.levels ??= levelsToOpen(json);
    this.fill(this.list, json, 1);
  }

  /** Opens or closes every branch. */
  openAll(open) {
    this.levels = open ? Infinity : 0;
    for (const details of this.list.querySelectorAll('details')) details.open = open;
  }

  fill(list, value, level) {
    const name = Array.isArray(value) ? (key) => `[${key}]` : (key) => key;
    const items = Object.entries(value).map(([key, member]) => ({ name: name(key), member }));
    // A member that was a leaf and is a branch now is another element.
    const key = (item) => `${item.name}${isBranch(item.member) ? ' +' : ''}`;
    rows(list, items, key, (item) => (isBranch(item.member) ? this.makeBranch(level) : makeLeaf()), (row, item) => {
      setText(row.querySelector('.name'), item.name);
      if (isBranch(item.member)) row.showBranch(item.member);
      else fillLeaf(row, item.member);
    });
  }

  makeBranch(level) {
    const preview = element('span', 'preview');
    const summary = element('summary', '', element('span', 'name'), ' ', preview);
    const list = element('ul', '');
    const details = element('details', '', summary, list);
    details.open = level < this.levels;
    const row = element('li', '', details);
    let [value, filled] = [null, null];
    // What is closed costs one line.
    const show = () => {
      setText(preview, details.open ? '' : previewText(value));
      if (!details.open || filled === value) return;
      filled = value;
      this.fill(list, value, level + 1);
    };
    row.showBranch = (member) => {
      value = member;
      show();
    };
    details.addEventListener('toggle', show);
    return row;
  }
}

/** What is in a closed branch, in a line for the eye. */
function previewText(value) {
  const text = JSON.stringify(value).slice(0, PREVIEW_CHARACTERS + 1);
  const plain = text.replaceAll('"', '').replaceAll(':', ': ').replaceAll(',', ', ');
  return text.length > PREVIEW_CHARACTERS ? `${plain}…` : plain;
}

function makeLeaf() {
  return element('li', 'leaf', element('span', 'name'), ' ', element('span', 'value'));
}

function fillLeaf(row, value) {
  const cell = row.querySelector('.value');
  cell.dataset.kind = typeof value;
  setText(cell, String(value));
}
