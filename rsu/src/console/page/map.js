// The junction from above: the road once from the map, the rest from each state.

import { drawTrack, labelTracks } from './tracks.js';
import { t } from './text.js';
import { View } from './view.js';

const INK = {
  ground: '#0b1016', asphalt: '#1b242e', edge: '#354454', guide: '#5b6b7c', chevron: '#55677a', text: '#8fa0b0',
  white: '#c9d4de', bay: '#5f7387', free: '#39c98c', taken: '#48586a', camera: '#7db7ff', radar: '#c7a6ff',
};
const LIGHT = {
  red: '#ff5a5f', yellow: '#f5b83d', green: '#39c98c', red_yellow: '#ff8a4c', flashing_red: '#ff5a5f',
  flashing_yellow: '#f5b83d', dark: '#5b6b7c', unavailable: '#5b6b7c',
};
const GOES = new Set(['green', 'flashing_yellow']);
const TRAIL_S = 4;
// A camera has no farthest range: its wedge only shows where it looks.
const CAMERA_WEDGE_M = 18;
const HOME_MARGIN_M = 14;
const PATH_WIDTH_M = 4.6;

/** Draws into a canvas whenever something changed, at most once a picture of the screen. */
export class JunctionMap {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext('2d');
    this.map = null;
    this.state = null;
    this.trails = new Map();
    this.asked = false;
    this.view = new View(canvas, (now) => this.redraw(now));
  }

  setMap(map) {
    this.map = map;
    const home = homeOf(map);
    if (home) this.view.setHome(home);
    this.redraw();
  }

  show(state) {
    this.state = state;
    this.remember(state);
    this.redraw();
  }

  /** Where each track was in the last seconds; who is gone is forgotten. */
  remember(state) {
    const trails = new Map();
    const oldest = state.t_us - TRAIL_S * 1e6;
    for (const track of state.tracks) {
      const trail = (this.trails.get(track.id) ?? []).filter(([t_us]) => t_us >= oldest && t_us < state.t_us);
      trail.push([state.t_us, track.east_m, track.north_m]);
      trails.set(track.id, trail);
    }
    this.trails = trails;
  }

  /** With the screen's next picture, or `now`: a canvas that got another size is empty until it is drawn. */
  redraw(now = false) {
    if (now && this.view) return this.draw();
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      this.draw();
    });
  }

  draw() {
    const { context, view } = this;
    context.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
    context.fillStyle = INK.ground;
    context.fillRect(0, 0, view.width, view.height);
    context.lineJoin = 'round';
    const lights = new Map((this.state?.signals ?? []).map((signal) => [signal.group, signal.light]));
    if (this.map) this.drawRoad(lights);
    this.drawTracks();
    this.drawScale();
    // What a test, or a person with the inspector, can count.
    this.canvas.dataset.tracks = this.state?.tracks.length ?? 0;
    this.canvas.dataset.lanes = this.map?.lanes.length ?? 0;
  }

  drawRoad(lights) {
    const { map } = this;
    this.drawJunctionGround(map.connections);
    for (const lane of map.lanes) this.drawLane(lane);
    for (const crosswalk of map.crosswalks) this.drawCrosswalk(crosswalk, lights.get(crosswalk.signal_group));
    this.drawBays();
    for (const goes of [false, true]) {
      for (const connection of map.connections) {
        const light = lights.get(connection.signal_group);
        if (GOES.has(light) === goes) this.drawConnection(connection, light);
      }
    }
    for (const lane of map.lanes) if (lane.leads_on) this.drawStopLine(lane, lights.get(lane.signal_group));
    for (const sensor of map.sensors) this.drawSensor(sensor);
    // The junction's own name is in the header; the neighbours' names say where the arms lead.
    for (const node of map.nodes) if (!node.served && node.name) this.text(node.name, node.position_m, 0, 0, INK.text, 'center');
  }

  /** The map has no outline of the junction: its ground is where its paths lead, and what lies between them. */
  drawJunctionGround(connections) {
    for (const connection of connections) this.stroke(connection.points_m, INK.asphalt, PATH_WIDTH_M * this.view.pxPerM);
    // Without the paths' ends: the corners between two arms are pavement.
    this.path(hullOf(connections.flatMap(({ points_m }) => points_m.slice(points_m.length * 0.2, points_m.length * 0.8))), true);
    this.context.fillStyle = INK.asphalt;
    this.context.fill();
  }

  path(points, close = false) {
    const { context, view } = this;
    context.beginPath();
    points.forEach(([east, north], index) => {
      if (index === 0) context.moveTo(view.x(east), view.y(north));
      else context.lineTo(view.x(east), view.y(north));
    });
    if (close) context.closePath();
  }

  stroke(points, colour, widthPx, dash = []) {
    this.path(points);
    this.context.strokeStyle = colour;
    this.context.lineWidth = widthPx;
    this.context.setLineDash(dash);
    this.context.stroke();
    this.context.setLineDash([]);
  }

  drawLane(lane) {
    const widthPx = lane.width_m * this.view.pxPerM;
    this.stroke(lane.points_m, INK.edge, widthPx + 0.5);
    this.stroke(lane.points_m, INK.asphalt, Math.max(widthPx - 1, 1));
    // Chevrons point in travel direction.
    if (widthPx < 7) return;
    const spacing = 14;
    for (const [east, north, azimuth] of along(lane.points_m, spacing)) {
      const size = Math.min(widthPx * 0.16, 6);
      this.context.save();
      this.context.translate(this.view.x(east), this.view.y(north));
      this.context.rotate(azimuth);
      this.context.beginPath();
      this.context.moveTo(-size, size * 0.7);
      this.context.lineTo(0, -size * 0.7);
      this.context.lineTo(size, size * 0.7);
      this.context.strokeStyle = INK.chevron;
      this.context.lineWidth = 1.2;
      this.context.stroke();
      this.context.restore();
    }
  }

  /** Going: a solid line with an arrow head. Waiting: short dashes and no head, so that colour is not all there is. */
  drawConnection(connection, light) {
    const colour = light === undefined ? INK.guide : LIGHT[light] ?? INK.guide;
    const goes = GOES.has(light);
    this.context.globalAlpha = goes ? 0.95 : light === undefined ? 0.5 : 0.42;
    this.stroke(connection.points_m, colour, goes ? 2 : 1.2, goes ? [] : [3, 5]);
    if (goes) {
      const [east, north, azimuth] = endOf(connection.points_m);
      this.context.save();
      this.context.translate(this.view.x(east), this.view.y(north));
      this.context.rotate(azimuth);
      this.context.beginPath();
      this.context.moveTo(-4, 6);
      this.context.lineTo(0, -3);
      this.context.lineTo(4, 6);
      this.context.fillStyle = colour;
      this.context.fill();
      this.context.restore();
    }
    this.context.globalAlpha = 1;
  }

  drawStopLine(lane, light) {
    const [east, north, azimuth] = endOf(lane.points_m);
    const half = lane.width_m / 2;
    const right = [Math.cos(azimuth) * half, -Math.sin(azimuth) * half];
    const ends = [[east - right[0], north - right[1]], [east + right[0], north + right[1]]];
    const colour = light === undefined ? INK.white : LIGHT[light] ?? INK.white;
    this.stroke(ends, colour, Math.max(2.5, 0.45 * this.view.pxPerM));
  }

  drawCrosswalk(crosswalk, light) {
    const { context, view } = this;
    const outline = crosswalk.outline_m;
    const [along_, across] = axesOf(outline);
    context.save();
    this.path(outline, true);
    context.clip();
    context.globalAlpha = 0.26;
    // The stripes lie across the way that people walk, half a metre wide and half a metre apart.
    const [east, north] = outline[0];
    for (let at = -along_.length; at <= along_.length * 2; at += 1) {
      const from = [east + along_.unit[0] * at - across[0], north + along_.unit[1] * at - across[1]];
      const to = [east + along_.unit[0] * at + across[0], north + along_.unit[1] * at + across[1]];
      this.stroke([from, to], INK.white, 0.5 * view.pxPerM);
    }
    context.restore();
    if (light !== undefined) {
      this.path(outline, true);
      context.globalAlpha = 0.7;
      context.strokeStyle = LIGHT[light] ?? INK.guide;
      context.lineWidth = 1.2;
      context.setLineDash(GOES.has(light) ? [] : [3, 4]);
      context.stroke();
      context.setLineDash([]);
      context.globalAlpha = 1;
    }
  }

  drawBays() {
    const statuses = new Map();
    for (const lot of this.state?.parking ?? []) for (const bay of lot.bays) statuses.set(`${lot.lot}/${bay.bay}`, bay.status);
    const { context } = this;
    for (const bay of this.map.bays) {
      const status = statuses.get(`${bay.lot}/${bay.bay}`) ?? 'unknown';
      this.path(bay.outline_m, true);
      context.fillStyle = status === 'occupied' ? INK.taken : status === 'free' ? 'rgb(57 201 140 / 16%)' : 'transparent';
      context.fill();
      context.strokeStyle = status === 'free' ? INK.free : INK.bay;
      context.lineWidth = 1.2;
      context.setLineDash(status === 'unknown' ? [3, 3] : []);
      context.stroke();
      context.setLineDash([]);
      if (status === 'occupied' && bay.outline_m.length === 4) {
        context.globalAlpha = 0.7;
        this.stroke([bay.outline_m[0], bay.outline_m[2]], INK.bay, 1);
        this.stroke([bay.outline_m[1], bay.outline_m[3]], INK.bay, 1);
        context.globalAlpha = 1;
      }
      if (status === 'unknown') this.text('?', centreOf(bay.outline_m), 0, 4, INK.text, 'center');
    }
  }

  drawSensor(sensor) {
    const { context, view } = this;
    const x = view.x(sensor.position_m[0]);
    const y = view.y(sensor.position_m[1]);
    const colour = sensor.kind === 'radar' ? INK.radar : INK.camera;
    const radius = (sensor.range_m ?? CAMERA_WEDGE_M) * view.pxPerM;
    const middle = sensor.azimuth_rad - Math.PI / 2;
    context.beginPath();
    context.moveTo(x, y);
    context.arc(x, y, radius, middle - sensor.fov_rad / 2, middle + sensor.fov_rad / 2);
    context.closePath();
    const fade = context.createRadialGradient(x, y, 0, x, y, radius);
    fade.addColorStop(0, colour + (sensor.range_m === null ? '55' : '1c'));
    fade.addColorStop(1, `${colour}00`);
    context.fillStyle = fade;
    context.fill();
    context.beginPath();
    context.arc(x, y, 4, 0, 2 * Math.PI);
    context.fillStyle = INK.ground;
    context.strokeStyle = colour;
    context.lineWidth = 2;
    context.fill();
    context.stroke();
    this.text(sensor.id, sensor.position_m, 8, 4, colour, 'left');
  }

  drawTracks() {
    const tracks = this.state?.tracks ?? [];
    for (const track of tracks) this.drawTrail(this.trails.get(track.id) ?? []);
    for (const track of tracks) drawTrack(this.context, this.view, track);
    labelTracks(this.context, this.view, tracks);
  }

  drawTrail(trail) {
    for (let index = 1; index < trail.length; index += 1) {
      this.context.globalAlpha = (0.45 * index) / trail.length;
      this.stroke([trail[index - 1].slice(1), trail[index].slice(1)], INK.white, 1.4);
    }
    this.context.globalAlpha = 1;
  }

  drawScale() {
    const { context, view } = this;
    const lengthM = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((metres) => metres * view.pxPerM >= 60) ?? 1000;
    const right = view.width - 16;
    const left = right - lengthM * view.pxPerM;
    const y = view.height - 16;
    context.strokeStyle = INK.white;
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(left, y - 5);
    context.lineTo(left, y);
    context.lineTo(right, y);
    context.lineTo(right, y - 5);
    context.stroke();
    label(context, `${lengthM} m`, (left + right) / 2, y - 7, INK.white, 'center');
    const top = view.height - 62;
    context.beginPath();
    context.moveTo(right - 6, top + 14);
    context.lineTo(right, top);
    context.lineTo(right + 6, top + 14);
    context.lineTo(right, top + 10);
    context.closePath();
    context.fillStyle = INK.white;
    context.fill();
    label(context, t('north'), right, top - 4, INK.white, 'center');
  }

  text(words, [east, north], dxPx, dyPx, colour, align) {
    label(this.context, words, this.view.x(east) + dxPx, this.view.y(north) + dyPx, colour, align);
  }
}

function label(context, words, x, y, colour, align) {
  context.font = '11px system-ui, sans-serif';
  context.textAlign = align;
  context.lineWidth = 3;
  context.strokeStyle = INK.ground;
  context.strokeText(words, x, y);
  context.fillStyle = colour;
  context.fillText(words, x, y);
}

/** The junction itself with some of its arms; the far ends of long approaches are a drag away. */
function homeOf(map) {
  const near = [...map.connections.map((c) => c.points_m), ...map.crosswalks.map((c) => c.outline_m), ...map.bays.map((b) => b.outline_m)].flat();
  near.push(...map.sensors.map((sensor) => sensor.position_m));
  const points = near.length > 0 ? near : map.lanes.flatMap((lane) => lane.points_m);
  if (points.length === 0) return null;
  const east = points.map((point) => point[0]);
  const north = points.map((point) => point[1]);
  const m = HOME_MARGIN_M;
  return [Math.min(...east) - m, Math.min(...north) - m, Math.max(...east) + m, Math.max(...north) + m];
}

/** Compass direction of a step, radians clockwise from north: also the canvas's rotation of a figure that points up. */
function azimuthOf([east0, north0], [east1, north1]) {
  return Math.atan2(east1 - east0, north1 - north0);
}

function endOf(points) {
  const last = points[points.length - 1];
  return [...last, azimuthOf(points[points.length - 2], last)];
}

/** Points every so many metres along a line, counted from its end, each with the line's direction there. */
function along(points, spacingM) {
  const found = [];
  let next = spacingM / 2;
  let walked = 0;
  for (let index = points.length - 1; index > 0; index -= 1) {
    const [to, from] = [points[index], points[index - 1]];
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
    for (; next <= walked + length; next += spacingM) {
      const share = (next - walked) / length;
      found.push([to[0] + (from[0] - to[0]) * share, to[1] + (from[1] - to[1]) * share, azimuthOf(from, to)]);
    }
    walked += length;
  }
  return found;
}

/** The longest side of an outline (people walk along it) and a vector across, long enough to leave the outline. */
function axesOf(outline) {
  let best = { length: 0, unit: [1, 0] };
  outline.forEach((from, index) => {
    const to = outline[(index + 1) % outline.length];
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
    if (length > best.length) best = { length, unit: [(to[0] - from[0]) / length, (to[1] - from[1]) / length] };
  });
  return [best, [-best.unit[1] * best.length, best.unit[0] * best.length]];
}

/** The smallest convex outline around points (Andrew's monotone chain). */
function hullOf(points) {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (from) => {
    const chain = [];
    for (const point of from) {
      while (chain.length > 1 && !turnsLeft(chain[chain.length - 2], chain[chain.length - 1], point)) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

function turnsLeft(a, b, c) {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) > 0;
}

function centreOf(points) {
  const sum = points.reduce(([e, n], [east, north]) => [e + east, n + north], [0, 0]);
  return [sum[0] / points.length, sum[1] / points.length];
}
