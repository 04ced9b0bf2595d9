// The stream of states, and the honest answer to "how old is what I see?".

const RETRY_MS = 1000;

/** Follows `/api/v1/stream`; connects again by itself for as long as the page is open. */
export class Feed {
  /** `onState(state)` for each new state, `onOpen()` for each new connection. */
  constructor(onState, onOpen) {
    this.onState = onState;
    this.onOpen = onOpen;
    this.connected = false;
    this.state = null;
    this.receivedMs = 0;
    // Service time minus this page's monotonic time; null until the service has said its time.
    this.offsetMs = null;
    this.connect();
  }

  connect() {
    const source = new EventSource('/api/v1/stream');
    source.onopen = () => {
      this.connected = true;
      this.onOpen();
    };
    source.onerror = () => {
      this.connected = false;
      // The browser tries again by itself after a cut, but not after a refusal.
      if (source.readyState === EventSource.CLOSED) {
        source.close();
        setTimeout(() => this.connect(), RETRY_MS);
      }
    };
    source.addEventListener('clock', (event) => {
      this.offsetMs = JSON.parse(event.data).now_us / 1000 - performance.now();
    });
    source.addEventListener('state', (event) => {
      const state = JSON.parse(event.data);
      // The same state again, after a reconnection, is not news.
      if (this.state === null || state.t_us !== this.state.t_us) this.receivedMs = performance.now();
      this.state = state;
      this.onState(state);
    });
  }

  /**
   * Age of the newest state, seconds; null before the first. The greater of two clocks' answers: a service whose
   * pipeline stands still, and a service whose clock was set, must both not look live.
   */
  ageS() {
    if (this.state === null) return null;
    const now = performance.now();
    const sinceReceived = now - this.receivedMs;
    const sinceMade = this.offsetMs === null ? 0 : now + this.offsetMs - this.state.t_us / 1000;
    return Math.max(sinceReceived, sinceMade, 0) / 1000;
  }
}
