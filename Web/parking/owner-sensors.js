// How well the sensors see: what their own history proposes, and which of them need a person.

import { html, useState } from '/lib/html.js';
import { useAction, useLoad } from '/lib/hooks.js';
import { number } from '/lib/format.js';
import { instant } from '/lib/time.js';
import { parking } from '/parking/api.js';
import { CSV } from '/parking/csv.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { Empty } from '/parts/empty.js';
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
const proposed = ({ proposal }) => `${number(proposal.threshold_cm, 0)} ± ${number(proposal.hysteresis_cm / 2, 0)}`;
const centimetres = (value) => (Number.isFinite(value) ? `${number(value, 0)} cm` : '–');

/** What a person should know first: which sensors need one, and of which nothing can be said. */
function verdict(all, flagged, silent) {
    const unheard = silent === 1 ? 'one was never heard' : `${silent} were never heard`;
    if (flagged > 0) return `${flagged === 1 ? 'One sensor needs' : `${flagged} sensors need`} a look${silent > 0 ? `; ${unheard}` : ''}`;
    if (silent > 0) return silent === all ? 'No sensor was heard yet' : `Of ${all} sensors ${unheard}; the others see well`;
    return 'All sensors see well';
}

export function SensorsTab({ lot, spots, may }) {
    const { data, error, reload } = useLoad(`calibration ${lot.lot_id}`, (options) => parking.calibration(lot.lot_id, options));
    const { busy, error: fault, run } = useAction();
    const [done, set] = useState(() => new Set());
    if (!data && error) return html`<${Problem} error=${error} title="The calibration could not be read" retry=${reload} />`;
    if (!data) return html`<${Skeleton} shape="block" label="Loading" />`;
    const known = new Map(spots.map((spot) => [spot.spot_id, spot]));
    const rows = data.spots.map((row) => ({ ...row, spot: known.get(row.spot_id) }));
    const differs = (row) => row.proposal && !done.has(row.spot_id) && (row.proposal.threshold_cm !== row.current.threshold_cm || row.proposal.hysteresis_cm !== row.current.hysteresis_cm);
    const open = rows.filter(differs);
    const apply = async (chosen) => {
        const ids = chosen.map((row) => row.spot_id);
        const proposals = chosen.map(({ spot_id: id, proposal }) => ({ spot_id: id, threshold_cm: proposal.threshold_cm, hysteresis_cm: proposal.hysteresis_cm }));
        if (await run(() => parking.calibrate(lot.lot_id, proposals)) === undefined) return;
        set((held) => new Set([...held, ...ids]));
        toast({ text: ids.length === 1 ? `${ids[0]} has its new threshold.` : `${ids.length} sensors have their new thresholds.` });
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
            <button type="button" class="button small" aria-busy=${busy} onClick=${() => apply([row])}>Apply<span class="unseen"> to ${row.spot_id}</span></button>` }] : []),
    ];
    const present = Object.keys(flagHelp).filter((flag) => rows.some((row) => (row.flags ?? []).some((one) => one.flag === flag)));
    const flagged = rows.filter((row) => (row.flags ?? []).length > 0).length;
    const silent = rows.filter((row) => (row.flags ?? []).length === 0 && !row.spot?.observed_at).length;
    return html`
        <div class="section-head">
            <h2>${verdict(rows.length, flagged, silent)}</h2>
            <div class="owner-foot"><${CSV} lot=${lot} name="calibration" of="the sensors" />
                ${may('parking.manage') && open.length > 0 && html`<button type="button" class="button" aria-busy=${busy} onClick=${() => apply(open)}>Apply all ${open.length}</button>`}</div>
        </div>
        <p class="hint before-table">A spot's own history of distances has two clusters, empty and occupied. The threshold is put between them.</p>
        ${present.length > 0 && html`<ul class="hint" aria-label="What to do">${present.map((flag) => html`<li key=${flag}><strong>${flagWords[flag]}:</strong> ${flagHelp[flag]}</li>`)}</ul>`}
        ${fault && html`<${Problem} error=${fault} small level="h3" />`}
        ${rows.length === 0 ? html`<${Empty} icon="parking" small title="No sensor has measured yet"><p>Proposals come from distances that were heard.</p><//>`
            : html`<${Table} caption="Sensors" columns=${columns} rows=${rows} rowKey=${(row) => row.spot_id} />`}`;
}
