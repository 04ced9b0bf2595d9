// Every word of the page, in both languages.

const TEXT = {
  en: {
    language: '中文', map: 'Map of the junction', road_users: 'road users',
    map_help: 'Arrow keys move the map, plus and minus zoom, 0 shows the junction. The same road users are listed at the end of the page.',
    zoom_in: 'Zoom in', zoom_out: 'Zoom out', fit: 'Show the junction',
    latency: 'Capture to radio p50 / p99', frames: 'Camera frames', on_air: 'Messages on the air', uptime: 'Running for',
    lights: 'Lights', sensors: 'Sensors', links: 'Links', messages: 'Messages', parking: 'Parking', traffic: 'Traffic by lane',
    drops: 'Given up since the start', no_drops: 'Nothing.', track_list: 'All road users', none_on_air: 'Nothing is on the air.',
    held: 'Held back since the start',
    held_reason: {
      signal_none: 'No controller has spoken', signal_stale: 'Controller silent', signal_future: 'Controller ahead of time',
      signal_frozen: 'Controller stands still', signal_replayed: 'Old words of the controller', conflict: 'Conflicting greens',
      clearance_short: 'Green too soon', group_not_in_map: 'Group not in the map', group_silent: 'Group not told of',
      group_twice: 'Group told of twice', group_dark: 'Group dark alone', clearance_skipped: 'No yellow', state_flicker: 'Flickers',
      yellow_stuck: 'Yellow does not end', countdown_impossible: 'Impossible countdown', countdown_frozen: 'Countdown stands still',
      countdown_backwards: 'Countdown ran backwards', countdown_jump: 'Countdown jumped', countdown_overrun: 'Latest end has passed',
      countdown_contradiction: 'Countdowns contradict each other', outside_region: 'Outside the region',
      speed_impossible: 'Impossible speed', size_impossible: 'Impossible size', object_stale: 'Not measured lately',
      position_uncertain: 'Position uncertain', duplicate: 'Same road user twice', not_encodable: 'Not encodable',
    },
    message: 'Message', per_s: 'per second', size: 'octets', lane: 'Lane', flow: 'veh/h', speed: 'km/h', occupancy: 'occupied',
    queue: 'queue', class: 'Class', seen_by: 'Seen by', group: 'Group', north: 'N',
    waiting: 'Waiting for data', live: 'Live', stale: 'Not live', lost: 'No connection',
    banner_waiting: 'Connected. The service has not published anything yet.',
    banner_stale: 'No fresh data. What you see is old and not live.',
    banner_lost: 'Connection to the roadside unit lost. Trying again.',
    banner_never: 'The roadside unit cannot be reached. Trying again.',
    banner_schema: 'The service speaks another version of this page. Load the page anew.',
    data_age: (s) => `Data is ${s} old.`, back: 'The page is live again.', connected: 'Connected.',
    simulated: 'simulated 模拟', simulated_note: 'Dashed outline: simulated 模拟 — seen by simulated sensors only',
    no_signal: 'No signal state is known.', signal_old: (s) => `The controller's newest word is ${s} old.`,
    free: 'free', occupied: 'taken', unknown: 'unknown',
    level: { ok: 'OK', degraded: 'Degraded', failed: 'Failed' },
    sensor_kind: { camera: 'Camera', radar: 'Radar', signal: 'Signal controller' },
    link_kind: { pc5: 'PC5', '5g': '5G', city: 'City', immediate_forward: 'Immediate Forward' },
    newest: (s) => `newest ${s} ago`, never: 'never delivered',
    changed: (id, word) => `${id}: ${word}`,
    light: {
      red: 'Red', yellow: 'Yellow', green: 'Green', red_yellow: 'Red and yellow', flashing_red: 'Flashing red',
      flashing_yellow: 'Flashing yellow', dark: 'Off', unavailable: 'Unknown',
    },
    classes: {
      pedestrian: 'Pedestrian', bicycle: 'Bicycle', motorcycle: 'Motorcycle', car: 'Car', van: 'Van', truck: 'Lorry', bus: 'Bus', animal: 'Animal', unknown: 'Unknown',
    },
    inspect: 'What does it say now?', decode_frame: 'Decode a frame…', inspector: 'Message inspector', close: 'Close',
    paste: 'Paste a frame', paste_label: 'Frame, in hex', dialect: 'Dialect', decode: 'Decode',
    paste_help: 'A MessageFrame in UPER: alone, in DSMP, in WSMP, or in the text of Immediate Forward. It goes to this unit and nowhere else.',
    hold: 'Hold', open_all: 'Open all', close_all: 'Close all', octets: 'Octets (one click selects all)',
    octet_count: (count) => `${count} octets`, sent_now: 'sent just now', sent_ago: (s) => `sent ${s} ago`,
    in_layer: (layer, id) => `was in ${layer} ${id}`,
    layer: { dsmp: 'DSMP, AID', wsmp: 'WSMP, PSID', immediate_forward: 'Immediate Forward, PSID' },
    wrong_at: 'Where', wrong_bit: 'Position', as_a_whole: 'the message as a whole',
    bit: (bit, octet) => `bit ${bit}, octet ${octet} (from 0)`, bit_behind: (bit) => `behind the last octet (bit ${bit}, from 0)`,
    not_sent: 'The unit has not sent this message since its start.', no_answer: 'No answer from the roadside unit.',
    too_long: (count, most) => `The frame is too long: ${count} characters, of ${most} at most.`,
    ago: { s: ' s', min: ' min', h: ' h', d: ' d' },
  },
  zh: {
    language: 'English', map: '路口地图', road_users: '个交通参与者',
    map_help: '方向键移动地图，加号和减号缩放，0 键显示整个路口。页面末尾列有全部交通参与者。',
    zoom_in: '放大', zoom_out: '缩小', fit: '显示路口',
    latency: '采集至发送时延 p50 / p99', frames: '相机帧率', on_air: '空口消息', uptime: '已运行',
    lights: '信号灯', sensors: '传感器', links: '通信链路', messages: '消息', parking: '停车', traffic: '分车道交通',
    drops: '启动以来丢弃', no_drops: '无。', track_list: '全部交通参与者', none_on_air: '当前没有播发消息。',
    held: '启动以来拦截',
    held_reason: {
      signal_none: '信号机尚无数据', signal_stale: '信号机无更新', signal_future: '信号机时间超前',
      signal_frozen: '信号机数据停滞', signal_replayed: '信号机数据倒退', conflict: '冲突相位同时放行',
      clearance_short: '清空时间不足', group_not_in_map: '地图中无此相位', group_silent: '相位无数据',
      group_twice: '相位数据重复', group_dark: '单独灭灯', clearance_skipped: '缺少黄灯', state_flicker: '灯色跳变过快',
      yellow_stuck: '黄灯不结束', countdown_impossible: '倒计时不合理', countdown_frozen: '倒计时停滞',
      countdown_backwards: '倒计时回退', countdown_jump: '倒计时跳变', countdown_overrun: '超过最晚结束时间',
      countdown_contradiction: '倒计时互相矛盾', outside_region: '超出区域',
      speed_impossible: '速度不合理', size_impossible: '尺寸不合理', object_stale: '近期未测得',
      position_uncertain: '位置不确定', duplicate: '重复目标', not_encodable: '无法编码',
    },
    message: '消息', per_s: '每秒', size: '字节', lane: '车道', flow: '辆/时', speed: '公里/时', occupancy: '占有率',
    queue: '排队', class: '类别', seen_by: '来源', group: '相位', north: '北',
    waiting: '等待数据', live: '实时', stale: '非实时', lost: '连接中断',
    banner_waiting: '已连接，服务尚未发布数据。',
    banner_stale: '没有新数据，当前画面是旧的，不是实时画面。',
    banner_lost: '与路侧设备的连接已中断，正在重连。',
    banner_never: '无法连接路侧设备，正在重试。',
    banner_schema: '服务与本页面版本不一致，请重新加载页面。',
    data_age: (s) => `数据已过 ${s}。`, back: '画面已恢复实时。', connected: '已连接。',
    simulated: 'simulated 模拟', simulated_note: '虚线轮廓：simulated 模拟，仅由模拟传感器感知',
    no_signal: '没有信号灯状态。', signal_old: (s) => `信号机最近一次数据已过 ${s}。`,
    free: '空闲', occupied: '占用', unknown: '未知',
    level: { ok: '正常', degraded: '降级', failed: '故障' },
    sensor_kind: { camera: '相机', radar: '毫米波雷达', signal: '信号机' },
    link_kind: { pc5: 'PC5', '5g': '5G', city: '城市平台', immediate_forward: 'Immediate Forward' },
    newest: (s) => `${s}前更新`, never: '从未收到数据',
    changed: (id, word) => `${id}：${word}`,
    light: {
      red: '红灯', yellow: '黄灯', green: '绿灯', red_yellow: '红黄灯', flashing_red: '红灯闪烁',
      flashing_yellow: '黄灯闪烁', dark: '灭灯', unavailable: '未知',
    },
    classes: {
      pedestrian: '行人', bicycle: '自行车', motorcycle: '摩托车', car: '小客车', van: '厢式车', truck: '货车', bus: '公交车', animal: '动物', unknown: '未知',
    },
    inspect: '查看当前内容', decode_frame: '解码一帧…', inspector: '消息查看', close: '关闭',
    paste: '粘贴一帧', paste_label: '帧内容（十六进制）', dialect: '消息集版本', decode: '解码',
    paste_help: 'UPER 编码的 MessageFrame：可为裸消息，也可带 DSMP、WSMP 或 Immediate Forward 文本封装。内容只送到本设备。',
    hold: '保持', open_all: '全部展开', close_all: '全部折叠', octets: '字节（单击全选）',
    octet_count: (count) => `${count} 字节`, sent_now: '刚刚播发', sent_ago: (s) => `${s}前播发`,
    in_layer: (layer, id) => `封装：${layer} ${id}`,
    layer: { dsmp: 'DSMP，AID', wsmp: 'WSMP，PSID', immediate_forward: 'Immediate Forward，PSID' },
    wrong_at: '出错字段', wrong_bit: '出错位置', as_a_whole: '整条消息',
    bit: (bit, octet) => `第 ${bit} 比特，第 ${octet} 字节（从 0 计）`, bit_behind: (bit) => `最后一个字节之后（第 ${bit} 比特，从 0 计）`,
    not_sent: '设备启动以来尚未播发该消息。', no_answer: '路侧设备没有应答。',
    too_long: (count, most) => `帧过长：${count} 个字符，最多 ${most} 个。`,
    ago: { s: ' 秒', min: ' 分钟', h: ' 小时', d: ' 天' },
  },
};

const STORE = 'lukou.language';
let language = remembered() ?? (navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en');

// A browser may forbid storage; then the choice lasts as long as the page.
function remembered() {
  try {
    const value = localStorage.getItem(STORE);
    return value in TEXT ? value : null;
  } catch {
    return null;
  }
}

/** The word or sentence of a name, e.g. `t('lights')`, `t('data_age', '3 s')`. */
export function t(name, ...values) {
  const text = TEXT[language][name];
  return typeof text === 'function' ? text(...values) : text;
}

/** A word out of a group, e.g. `word('light', 'red')`; a value that the page does not know is shown as it is. */
export function word(group, value) {
  const words = TEXT[language][group];
  return Object.hasOwn(words, value) ? words[value] : String(value);
}

/** Writes the texts of the fixed parts of the page. */
export function translatePage() {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  for (const element of document.querySelectorAll('[data-t]')) element.textContent = t(element.dataset.t);
  for (const element of document.querySelectorAll('[data-label]')) {
    element.title = t(element.dataset.label);
    element.setAttribute('aria-label', element.title);
  }
}

/** To the other language. */
export function toggleLanguage() {
  language = language === 'en' ? 'zh' : 'en';
  try {
    localStorage.setItem(STORE, language);
  } catch {
    // Not remembered, then.
  }
}

/** Seconds for people: `0.4 s`, `12 s`, `3 min`, `5 h`, `2 d`. */
export function duration(seconds) {
  const unit = TEXT[language].ago;
  if (seconds < 10) return seconds.toFixed(1) + unit.s;
  if (seconds < 120) return Math.floor(seconds) + unit.s;
  if (seconds < 7200) return Math.floor(seconds / 60) + unit.min;
  if (seconds < 172800) return Math.floor(seconds / 3600) + unit.h;
  return Math.floor(seconds / 86400) + unit.d;
}
