// How well the sensors see: what their own history proposes, and which of them need a person.

import { html, useState } from '/lib/html.js';
import { useAction, useLoad } from '/lib/hooks.js';
import { number, plural } from '/lib/format.js';
import { instant } from '/lib/time.js';
import { parking } from '/parking/api.js';
import { isLarge, sets } from '/parking/calibration.js';
import { CSV } from '/parking/csv.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { Dialog } from '/parts/dialog.js';
import { Empty } from '/parts/empty.js';
import { Incomplete } from '/parts/incomplete.js';
import { Problem } from '/parts/problem.js';
import { Skeleton } from '/parts/skeleton.js';
import { Table } from '/parts/table.js';
import { toast } from '/parts/toast.js';

const flagWords = { drift: 'Drifts', dirty: 'Gets dirty', blocked: 'Blocked', swapped: 'Swapped', stuck: 'Stuck' };
/** What each flag means, and what to do, in the order of urgency. */
const flagHelp = {
    stuck: 'It measures the same again and again, where a sensor that works always wavers a little. Switch it off and on; if that does not help, replace it.',
    swapped: 'What people paid or corrected fits the other spot, and the other way round. Look whose sensor hangs over which spot, and exchange their names or the sensors.',
    blocked: 'It sees a car for far longer than cars stay here, or where it says that there is none. Look at the spot: clean the sensor, or take away what stands there.',
    dirty: 'The empty spot seems to come nearer day by day: dirt, snow or a cobweb before the sensor. Clean it, before the spot counts as occupied for good.',
    drift: 'It measures otherwise than it did: it ages, or hangs lower or higher than before. Apply the proposed threshold; if it goes on, replace it.',
};
const band = ({ threshold_cm: threshold, hysteresis_cm: hysteresis }) => `${number(threshold, 0)} ± ${number(hysteresis / 2, 0)}`;
const proposed = ({ proposal }) => band(proposal);
const centimetres = (value) => (Number.isFinite(value) ? `${number(value, 0)} cm` : '–');

/** What a person should know first: which sensors need one, and of which nothing can be said. */
function verdict(all, flagged, silent) {
    const unheard = silent === 1 ? 'one was never heard' : `${silent} were never heard`;
    if (flagged > 0) return `${flagged === 1 ? 'One sensor needs' : `${flagged} sensors need`} a look${silent > 0 ? `; ${unheard}` : ''}`;
    if (silent > 0) return silent === all ? 'No sensor was heard yet' : `Of ${all} sensors ${unheard}; the others see well`;
    return 'All sensors see well';
}

/** Asks before many sensors are read otherwise: which, from what, to what. Those that would change by less than they waver are left alone unless one wants them. */
function ApplyAll({ rows, close, apply }) {
    const large = rows.filter(isLarge);
    const [all, take] = useState(false);
    const chosen = all ? rows : large;
    const { busy, error, run } = useAction();
    const columns = [
        { key: 'name', label: 'Spot', head: true, cell: (row) => row.label ?? row.spot_id },
        { key: 'old', label: 'Now, cm', align: 'end', cell: (row) => band(row.current) },
        { key: 'new', label: 'New, cm', align: 'end', cell: (row) => band(row.proposal) },
    ];
    const submit = async (event) => {
        event.preventDefault();
        if (chosen.length > 0 && await run(() => apply(chosen)) !== undefined) close();
    };
    const few = rows.length - large.length;
    return html`
        <${Dialog} title=${chosen.length === 1 ? 'Change one threshold?' : `Change ${chosen.length} thresholds?`} open=${true} close=${close}>
            <form onSubmit=${submit}>
                <div class="stack">
                    <p>From then on these spots are judged by the new thresholds. You can undo it here.</p>
                    ${chosen.some((row) => row.incomplete) && html`<p>Some of their readings are lost or cannot be read: the proposals rest on the others.</p>`}
                    ${chosen.length === 0 ? html`<p class="hint">No proposal differs by more than its own band: nothing has to be changed.</p>`
                        : html`<${Table} caption="What changes" columns=${columns} rows=${chosen} rowKey=${(row) => row.spot_id} />`}
                    ${few > 0 && html`<label class="check"><input type="checkbox" checked=${all} onChange=${(event) => take(event.target.checked)} /> Also ${plural(few, 'smaller change')}</label>`}
                </div>
                ${error && html`<${Problem} error=${error} small level="h3" />`}
                <p class="actions end">
                    <button type="button" class="button" onClick=${close}>Cancel</button>
                    <button type="submit" class="button primary" aria-busy=${busy} disabled=${chosen.length === 0}>Change ${chosen.length}</button>
                </p>
            </form>
        <//>`;
}

export function SensorsTab({ lot, spots, may }) {
    const { data, error, reload } = useLoad(`calibration ${lot.lot_id}`, (options) => parking.calibration(lot.lot_id, options));
    const { busy, error: fault, run } = useAction();
    // What was set here, by spot: the answer above is of before.
    const [held, hold] = useState(() => new Map());
    const [undo, offer] = useState(null);
    const [asking, ask] = useState(false);
    if (!data && error) return html`<${Problem} error=${error} title="The calibration could not be read" retry=${reload} />`;
    if (!data) return html`<${Skeleton} shape="block" label="Loading" />`;
    const known = new Map(spots.map((spot) => [spot.spot_id, spot]));
    const rows = data.spots.map((row) => ({ ...row, current: { ...row.current, ...held.get(row.spot_id) }, spot: known.get(row.spot_id) }));
    const differs = (row) => row.proposal && (row.proposal.threshold_cm !== row.current.threshold_cm || row.proposal.hysteresis_cm !== row.current.hysteresis_cm);
    const open = rows.filter(differs);
    const send = async (spots) => {
        const answer = await parking.calibrate(lot.lot_id, spots);
        hold((before) => new Map([...before, ...spots.map(({ spot_id: id, ...set }) => [id, set])]));
        return answer ?? true;
    };
    const apply = async (chosen) => {
        const before = sets(chosen, 'current');
        const answer = await send(sets(chosen, 'proposal'));
        offer(before);
        toast({ text: chosen.length === 1 ? `${chosen[0].spot_id} has its new threshold.` : `${chosen.length} sensors have their new thresholds.` });
        return answer;
    };
    const takeBack = async () => {
        if (await run(() => send(undo)) === undefined) return;
        toast({ text: undo.length === 1 ? `${undo[0].spot_id} has its old threshold again.` : `${undo.length} sensors have their old thresholds again.` });
        offer(null);
    };
    rows.sort((a, b) => (b.flags?.length ?? 0) - (a.flags?.length ?? 0) || a.spot_id.localeCompare(b.spot_id, 'en', { numeric: true }));
    const columns = [
        { key: 'name', label: 'Spot', head: true, cell: (row) => row.label ?? row.spot_id },
        { key: 'flags', label: 'Health', cell: (row) => ((row.flags ?? []).length > 0
            ? row.flags.map(({ flag, detail, with: other }) => html`<${Badge} key=${flag} tone="warn" title=${detail} word=${`${flagWords[flag] ?? flag}${other ? ` with ${other}` : ''}`} quiet />`)
            : html`<${Badge} tone=${row.spot?.observed_at ? 'good' : 'unknown'} word=${row.spot?.observed_at ? 'Well' : 'Never heard'} quiet />`) },
        { key: 'proposed', label: 'Proposed, cm', align: 'end', phone: (row) => row.proposal && `${proposed(row)} cm`, cell: (row) => (row.proposal ? proposed(row) : 'too little heard') },
        { key: 'present', label: 'Threshold', phone: 'none', align: 'end', cell: (row) => centimetres(row.current.threshold_cm) },
        { key: 'empty', label: 'Empty at', phone: 'none', align: 'end', cell: (row) => centimetres(row.free?.mean_cm) },
        { key: 'occupied', label: 'Car at', phone: 'none', align: 'end', cell: (row) => centimetres(row.occupied?.mean_cm) },
        { key: 'samples', label: 'Reports', phone: 'none', align: 'end', cell: (row) => number(row.samples, 0) },
        { key: 'heard', label: 'Heard', phone: 'none', cell: (row) => html`<${Age} at=${instant(row.spot?.sensor?.heard_at ?? row.spot?.observed_at)} />` },
        ...(may('parking.manage') ? [{ key: 'act', label: html`<span class="unseen">Apply</span>`, align: 'end', cell: (row) => differs(row) && html`
            <button type="button" class="button small" aria-busy=${busy} onClick=${() => run(() => apply([row]))}>Apply<span class="unseen"> to ${row.spot_id}</span></button>` }] : []),
    ];
    const present = Object.keys(flagHelp).filter((flag) => rows.some((row) => (row.flags ?? []).some((one) => one.flag === flag)));
    const flagged = rows.filter((row) => (row.flags ?? []).length > 0).length;
    const silent = rows.filter((row) => (row.flags ?? []).length === 0 && !row.spot?.observed_at).length;
    return html`
        <div class="section-head">
            <h2>${verdict(rows.length, flagged, silent)}</h2>
            <div class="owner-foot"><${CSV} lot=${lot} name="calibration" of="the sensors" />
                ${may('parking.manage') && open.length > 0 && html`<button type="button" class="button" aria-busy=${busy} onClick=${() => ask(true)}>Apply all ${open.length}</button>`}</div>
        </div>
        ${undo && html`<p class="actions before-table" role="status"><span>${undo.length === 1 ? `The threshold of ${undo[0].spot_id} was changed.` : `${undo.length} thresholds were changed.`}</span>
            <button type="button" class="button small" aria-busy=${busy} onClick=${takeBack}>Undo</button></p>`}
        <p class="hint before-table">A spot's own history of distances has two clusters, empty and occupied. The threshold is put between them.</p>
        ${present.length > 0 && html`<ul class="hint" aria-label="What to do">${present.map((flag) => html`<li key=${flag}><strong>${flagWords[flag]}:</strong> ${flagHelp[flag]}</li>`)}</ul>`}
        <${Incomplete} gaps=${data.incomplete}>What is proposed and flagged here rests on the other readings.<//>
        ${fault && html`<${Problem} error=${fault} small level="h3" />`}
        ${asking && html`<${ApplyAll} rows=${open} close=${() => ask(false)} apply=${apply} />`}
        ${rows.length === 0 ? html`<${Empty} icon="parking" small title="No sensor has measured yet"><p>Proposals come from distances that were heard.</p><//>`
            : html`<${Table} caption="Sensors" columns=${columns} rows=${rows} rowKey=${(row) => row.spot_id} />`}`;
}
