// What a proposal for a sensor changes. Pure functions.

/**
 * Whether a proposal changes a sensor by more than its own band: the threshold that is set lies outside the proposed
 * band, or one band is more than twice as wide as the other. Less than that decides nothing that the hysteresis does
 * not hold anyway.
 */
export function isLarge({ current, proposal }) {
    const [narrow, wide] = [current.hysteresis_cm, proposal.hysteresis_cm].sort((a, b) => a - b);
    return Math.abs(current.threshold_cm - proposal.threshold_cm) > proposal.hysteresis_cm / 2 || wide > 2 * narrow;
}

/** What is sent to set these rows to what stands under a name: `proposal`, or `current` to take that back. */
export const sets = (rows, name) => rows.map(({ spot_id: id, [name]: values }) =>
    ({ spot_id: id, threshold_cm: values.threshold_cm, hysteresis_cm: values.hysteresis_cm }));
