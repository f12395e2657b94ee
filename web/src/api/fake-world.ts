// A world for tests: no chance, and a net that can be taken away.
import type { World } from "./world";

/** See [`World`]. */
export class FakeWorld implements World {
  readonly events = new EventTarget();
  net = true;
  now = () => 1_700_000_000_000;
  random = () => 0.5;
  isOnline = () => this.net;

  /** The net goes, or returns and says so. */
  setNet(net: boolean): void {
    this.net = net;
    if (net) this.events.dispatchEvent(new Event("online"));
  }
}
