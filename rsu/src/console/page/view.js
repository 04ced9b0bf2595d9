// Which part of the plane is on the canvas, and the gestures that change it. North is up.

const LEAST_PX_PER_M = 0.2;
const MOST_PX_PER_M = 80;

/** Between metres east and north and pixels of the canvas (CSS pixels). */
export class View {
  /** `onChange(now)` whenever something else is to be seen; `now` is true when what is there is lost. */
  constructor(canvas, onChange) {
    this.canvas = canvas;
    this.onChange = onChange;
    this.eastM = 0;
    this.northM = 0;
    this.pxPerM = 4;
    this.home = null;
    this.moved = false;
    this.pointers = new Map();
    this.resize();
    new ResizeObserver(() => this.resize()).observe(canvas);
    this.listen();
  }

  resize() {
    const ratio = window.devicePixelRatio || 1;
    this.width = this.canvas.clientWidth;
    this.height = this.canvas.clientHeight;
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    this.ratio = ratio;
    if (this.home && !this.moved) this.fit();
    this.onChange(true);
  }

  /** Pixel position of a point. */
  x(eastM) { return this.width / 2 + (eastM - this.eastM) * this.pxPerM; }
  y(northM) { return this.height / 2 - (northM - this.northM) * this.pxPerM; }

  /** What "the junction" is: least east, least north, greatest east, greatest north, metres. */
  setHome(bounds) {
    this.home = bounds;
    if (!this.moved) this.fit();
  }

  fit() {
    this.moved = false;
    if (!this.home) return;
    const [west, south, east, north] = this.home;
    this.eastM = (west + east) / 2;
    this.northM = (south + north) / 2;
    const scale = Math.min(this.width / Math.max(east - west, 1), this.height / Math.max(north - south, 1));
    this.pxPerM = clamp(scale, LEAST_PX_PER_M, MOST_PX_PER_M);
    this.onChange();
  }

  pan(dxPx, dyPx) {
    this.moved = true;
    this.eastM -= dxPx / this.pxPerM;
    this.northM += dyPx / this.pxPerM;
    this.onChange();
  }

  /** Zooms by a factor; the point under (xPx, yPx) stays there. */
  zoom(factor, xPx = this.width / 2, yPx = this.height / 2) {
    const next = clamp(this.pxPerM * factor, LEAST_PX_PER_M, MOST_PX_PER_M);
    const shift = 1 / this.pxPerM - 1 / next;
    this.moved = true;
    this.eastM += (xPx - this.width / 2) * shift;
    this.northM -= (yPx - this.height / 2) * shift;
    this.pxPerM = next;
    this.onChange();
  }

  listen() {
    const canvas = this.canvas;
    canvas.addEventListener('wheel', (event) => {
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY * (event.deltaMode === 0 ? 0.0015 : 0.05)), event.offsetX, event.offsetY);
    }, { passive: false });
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.pointers.set(event.pointerId, [event.clientX, event.clientY]);
    });
    canvas.addEventListener('pointermove', (event) => this.drag(event));
    for (const end of ['pointerup', 'pointercancel']) {
      canvas.addEventListener(end, (event) => this.pointers.delete(event.pointerId));
    }
    canvas.addEventListener('keydown', (event) => {
      const step = 60;
      const keys = {
        ArrowLeft: () => this.pan(step, 0), ArrowRight: () => this.pan(-step, 0),
        ArrowUp: () => this.pan(0, step), ArrowDown: () => this.pan(0, -step),
        '+': () => this.zoom(1.3), '=': () => this.zoom(1.3), '-': () => this.zoom(1 / 1.3), 0: () => this.fit(),
      };
      if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
      event.preventDefault();
      keys[event.key]();
    });
  }

  /** One pointer moves the map, two also zoom it. */
  drag(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const now = [event.clientX, event.clientY];
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.pointers.set(event.pointerId, now);
    const share = other ? 0.5 : 1;
    this.pan((now[0] - before[0]) * share, (now[1] - before[1]) * share);
    if (other) {
      const apart = (point) => Math.max(Math.hypot(point[0] - other[0], point[1] - other[1]), 1);
      const box = this.canvas.getBoundingClientRect();
      this.zoom(apart(now) / apart(before), (now[0] + other[0]) / 2 - box.left, (now[1] + other[1]) / 2 - box.top);
    }
  }
}

function clamp(value, least, most) {
  return Math.min(Math.max(value, least), most);
}
