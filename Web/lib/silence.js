// What a device's silence means. What the server last said of a device grows old with the page, also while the
// connection to the server is lost: nobody knows then how the device is.

import { instant } from '/lib/time.js';

/**
 * A device's state at `present`, and since when (milliseconds): as the server last said, or unknown from the moment at
 * which the device had been silent for `stale_after_seconds`.
 * @param known the states that the page knows: any other is unknown
 * @param isHeard(state) whether a device in this state is expected to be heard from
 */
export function stateAt(device, present, { known, isHeard }) {
    const seen = instant(device.last_seen);
    if (isHeard(device.state) && seen !== null) {
        const silent = seen + device.stale_after_seconds * 1000;
        if (present > silent) return { state: 'unknown', since: silent };
    }
    return { state: known(device.state) ? device.state : 'unknown', since: instant(device.state_since) };
}

/** True when a value of a device that was observed at `observed` (ISO-8601) says nothing about now any more. */
export function isStale(device, observed, present) {
    const at = instant(observed);
    return at === null || present > at + device.stale_after_seconds * 1000;
}
