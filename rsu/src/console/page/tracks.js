// How a road user looks from above: shape by class, solid when measured, dashed and hollow when only simulated.

export const CLASS_INK = {
  pedestrian: '#ffb3c7', bicycle: '#6fe0ee', motorcycle: '#c3a6ff', car: '#62a8ff', van: '#7c90ff', truck: '#e3a877',
  bus: '#ef8ad0', animal: '#ffd24d', unknown: '#aab6c2',
};
// Length and width, metres, of a figure whose real size nobody measured.
const USUAL_M = {
  pedestrian: [0.6, 0.6], bicycle: [1.8, 0.6], motorcycle: [2.1, 0.8], car: [4.5, 1.8], van: [5.2, 2.0], truck: [8.0, 2.5],
  bus: [12.0, 2.5], animal: [1.4, 0.5], unknown: [1.2, 1.2],
};
const VEHICLES = new Set(['car', 'van', 'truck', 'bus']);
const LEAST_PX = 8;
const POINTER_PX = 4;
const KMH = 3.6;
const HALO = '#0b1016';

function sizePx(view, track) {
  const usual = USUAL_M[track.class] ?? USUAL_M.unknown;
  const length = (track.length_m ?? usual[0]) * view.pxPerM;
  const width = (track.width_m ?? usual[1]) * view.pxPerM;
  const grow = Math.max(LEAST_PX / Math.max(length, width), 1);
  return [length * grow, width * grow];
}

/** Draws one road user at its place. */
export function drawTrack(context, view, track) {
  const [length, width] = sizePx(view, track);
  const ink = CLASS_INK[track.class] ?? CLASS_INK.unknown;
  context.save();
  context.translate(view.x(track.east_m), view.y(track.north_m));
  context.beginPath();
  if (track.heading_rad !== null) context.rotate(track.heading_rad);
  if (track.heading_rad === null || track.class === 'pedestrian') {
    context.arc(0, 0, Math.max(VEHICLES.has(track.class) ? width : length, LEAST_PX) / 2, 0, 2 * Math.PI);
  } else if (VEHICLES.has(track.class)) {
    boxPath(context, length, width);
  } else {
    arrowPath(context, length, Math.max(width, LEAST_PX * 0.7));
  }
  context.fillStyle = ink;
  context.globalAlpha = track.simulated ? 0.14 : 0.85;
  context.fill();
  context.globalAlpha = 1;
  context.lineWidth = track.simulated ? 1.6 : 1;
  context.strokeStyle = track.simulated ? ink : HALO;
  context.setLineDash(track.simulated ? [4, 3] : []);
  context.stroke();
  context.setLineDash([]);
  if (track.heading_rad !== null && track.class === 'pedestrian') pointer(context, length, ink);
  if (track.heading_rad !== null && VEHICLES.has(track.class)) windscreen(context, length, width, track.simulated ? ink : HALO);
  context.restore();
}

/** A box with its front corners taken off; the front is up. */
function boxPath(context, length, width) {
  const [l, w] = [length / 2, width / 2];
  const cut = Math.min(w * 0.6, l * 0.35);
  context.moveTo(-w, l);
  context.lineTo(-w, -l + cut);
  context.lineTo(-w + cut * 0.7, -l);
  context.lineTo(w - cut * 0.7, -l);
  context.lineTo(w, -l + cut);
  context.lineTo(w, l);
  context.closePath();
}

function arrowPath(context, length, width) {
  const [l, w] = [length / 2, width / 2];
  context.moveTo(0, -l);
  context.lineTo(w, l * 0.2);
  context.lineTo(w * 0.6, l);
  context.lineTo(-w * 0.6, l);
  context.lineTo(-w, l * 0.2);
  context.closePath();
}

function windscreen(context, length, width, ink) {
  const y = -length / 2 + Math.min(length * 0.28, width * 0.9);
  context.beginPath();
  context.moveTo(-width * 0.34, y);
  context.lineTo(width * 0.34, y);
  context.strokeStyle = ink;
  context.lineWidth = Math.max(1, width * 0.1);
  context.stroke();
}

function pointer(context, length, ink) {
  const radius = Math.max(length, LEAST_PX) / 2;
  context.beginPath();
  context.moveTo(0, -radius);
  context.lineTo(0, -radius - POINTER_PX);
  context.strokeStyle = ink;
  context.lineWidth = 1.6;
  context.stroke();
}

/** Speeds, the fastest first; a label that would cover another one is left out, the figure never is. */
export function labelTracks(context, view, tracks) {
  const near = view.pxPerM >= 3.5;
  const taken = [];
  context.font = '600 11px system-ui, sans-serif';
  context.textAlign = 'left';
  for (const track of [...tracks].sort((a, b) => b.speed_mps - a.speed_mps)) {
    const speed = (track.speed_mps * KMH).toFixed(0) + (near ? ' km/h' : '');
    const words = track.simulated ? `${speed} · simulated 模拟` : speed;
    const [length, width] = sizePx(view, track);
    // A pedestrian's pointer must not stand before the figures like a minus.
    const pointerPx = track.class === 'pedestrian' ? POINTER_PX + 1 : 0;
    const reach = Math.max(Math.abs(Math.sin(track.heading_rad ?? 0)) * length, width, LEAST_PX) / 2 + pointerPx;
    const x = view.x(track.east_m) + reach + 5;
    const y = view.y(track.north_m) + 4;
    const box = [x, y - 10, x + context.measureText(words).width, y + 3];
    if (taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3])) continue;
    taken.push(box);
    context.lineWidth = 3;
    context.strokeStyle = HALO;
    context.strokeText(words, x, y);
    context.fillStyle = track.simulated ? '#b9c6d3' : '#eef3f7';
    context.fillText(words, x, y);
  }
}
