// All spots as a table, and what a person says against a sensor.

import { html, useState } from '/lib/html.js';
import { useAction } from '/lib/hooks.js';
import { instant, now } from '/lib/time.js';
import { parking } from '/parking/api.js';
import { CSV } from '/parking/csv.js';
import { isOverridden, kindWord, levelWords, sourceOf, statuses, statusOrder } from '/parking/model.js';
import { TimeField } from '/parking/time-field.js';
import { dayAndClock } from '/parking/zone.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { Dialog } from '/parts/dialog.js';
import { Empty } from '/parts/empty.js';
import { Choice } from '/parts/form.js';
import { Problem } from '/parts/problem.js';
import { Pick, Search } from '/parts/search.js';
import { Table } from '/parts/table.js';
import { toast } from '/parts/toast.js';

function Override({ lot, spot, close }) {
    const zone = lot.time_zone ?? 'UTC';
    const [choice, choose] = useState('occupied');
    const [ends, setEnds] = useState('hour');
    const [until, setUntil] = useState(() => now() + 3_600_000);
    const { busy, error, run } = useAction();
    const send = async (body, words) => {
        if (await run(() => parking.override(lot.lot_id, { spot_id: spot.spot_id, ...body })) === undefined) return;
        toast({ text: words });
        close();
    };
    const submit = (event) => {
        event.preventDefault();
        if (choice === 'closed') { send({ out_of_service: true }, `${spot.label} is out of service.`); return; }
        const end = ends === 'never' ? {} : { until: new Date(ends === 'hour' ? now() + 3_600_000 : until).toISOString() };
        send({ occupied: choice === 'occupied', ...end }, `${spot.label} counts as ${choice}.`);
    };
    return html`
        <${Dialog} title=${`Spot ${spot.label ?? spot.spot_id}`} open=${true} close=${close}>
            <form onSubmit=${submit} novalidate>
                <p class="hint">This wins over the sensor until it ends or is cleared, and everybody sees that a person said so.</p>
                <${Choice} legend="The spot is" name="override" value=${choice} change=${choose} options=${[['free', 'Free'], ['occupied', 'Occupied'], ['closed', 'Out of service']]} />
                ${choice !== 'closed' && html`
                    <${Choice} legend="Until" name="ends" value=${ends} change=${setEnds} options=${[['hour', 'In an hour'], ['time', 'A time'], ['never', 'Cleared']]} />
                    ${ends === 'time' && html`
                        <${TimeField} label="Until" zone=${zone} value=${until} set=${setUntil} />`}`}
                ${error && html`<${Problem} error=${error} small level="h3" />`}
                <p class="actions end">
                    <button type="submit" class="button primary" aria-busy=${busy}>Say so</button>
                </p>
            </form>
        <//>`;
}

/** A time with its day, if that is not today. */
function timeWords(at, zone) {
    const [day, clock] = dayAndClock(at, zone).split(', ');
    return clock && day === dayAndClock(now(), zone).split(', ')[0] ? clock : dayAndClock(at, zone);
}

/** How a spot's status is known: of a person's word, whose it is and until when it holds. */
function knownFrom(spot, zone) {
    const source = sourceOf(spot);
    if (source === 'owner') return 'owner';
    if (source !== 'override') return source === 'sensor' || spot.observed_at ? { sensor: 'sensor', reservation: 'reservation', stale: 'silence' }[source] : '–';
    const until = instant(spot.override.until);
    return `owner${spot.override.by ? ` (${spot.override.by})` : ''}, until ${until ? timeWords(until, zone) : 'cleared'}`;
}

/** What a person can do to a spot, in its row: say something over its sensor, or end what was said with one press. */
function Action({ lot, spot, override }) {
    const { busy, error, run } = useAction();
    const end = async (body, words) => {
        if (await run(() => parking.override(lot.lot_id, { spot_id: spot.spot_id, ...body })) !== undefined) toast({ text: words });
    };
    const name = html`<span class="unseen"> ${spot.label}</span>`;
    return html`${error && html`<span class="field-error" role="alert">It could not be changed. </span>`}
        ${spot.status === 'out_of_service' ? html`<button type="button" class="button small" aria-busy=${busy} onClick=${() => end({ out_of_service: false }, `${spot.label} is in service again.`)}>Back in service${name}</button>`
            : spot.override ? html`<button type="button" class="button small" aria-busy=${busy} onClick=${() => end({ clear: true }, `${spot.label} goes by its sensor again.`)}>Clear${name}</button>`
            : html`<button type="button" class="button small" onClick=${override}>Override${name}</button>`}`;
}

export function SpotsTab({ lot, spots, status, query, may }) {
    const [open, set] = useState(null);
    const [sortKey, down] = [(query.get('sort') ?? 'name').replace('-', ''), (query.get('sort') ?? '').startsWith('-')];
    const words = (query.get('q') ?? '').toLowerCase();
    const wanted = query.get('status');
    const zone = lot.time_zone ?? 'UTC';
    const keys = { name: (spot) => spot.label ?? spot.spot_id, status: (spot) => statusOrder.indexOf(status(spot)), since: (spot) => instant(spot.since) ?? 0, place: (spot) => `${spot.level} ${spot.zone ?? ''}` };
    const key = keys[sortKey] ?? keys.name;
    const compare = (a, b) => (typeof key(a) === 'number' ? key(a) - key(b) : key(a).localeCompare(key(b), 'en', { numeric: true }));
    const rows = spots.filter((spot) => `${spot.spot_id} ${spot.label} ${spot.zone ?? ''}`.toLowerCase().includes(words) && (!wanted || (wanted === 'overridden' ? isOverridden(spot) : status(spot) === wanted)))
        .sort((a, b) => (down ? -1 : 1) * compare(a, b));
    const columns = [
        { key: 'name', label: 'Spot', head: true, sort: true, cell: (spot) => spot.label ?? spot.spot_id },
        { key: 'status', label: 'Status', sort: true, cell: (spot) => { const { word, tone } = statuses[status(spot)]; return html`<${Badge} tone=${tone} word=${word} quiet />`; } },
        ...(may('parking.override') ? [{ key: 'act', label: html`<span class="unseen">Override</span>`, align: 'end', cell: (spot) => html`<${Action} lot=${lot} spot=${spot} override=${() => set(spot.spot_id)} />` }] : []),
        { key: 'since', label: 'Since', sort: true, phone: 'more', cell: (spot) => html`<${Age} at=${instant(spot.since)} />` },
        { key: 'by', label: 'Known from', phone: (spot) => isOverridden(spot) && knownFrom({ ...spot, override: spot.override && { ...spot.override, by: null } }, zone), cell: (spot) => knownFrom(spot, zone) },
        { key: 'heard', label: 'Heard', phone: 'none', cell: (spot) => html`<${Age} at=${instant(spot.sensor?.heard_at ?? spot.observed_at)} />` },
        { key: 'place', label: 'Level, zone', sort: true, phone: (spot) => levelWords(spot.level).toLowerCase(), cell: (spot) => `${spot.level}${spot.zone ? `, ${spot.zone}` : ''}` },
        { key: 'kind', label: 'Kind', phone: 'none', cell: (spot) => kindWord(spot.kind) },
    ];
    const shown = spots.find((spot) => spot.spot_id === open);
    return html`
        <div class="toolbar">
            <${Search} label="Find a spot" placeholder="Spot or zone" value=${query.get('q') ?? ''} />
            <${Pick} label="Status" name="status" value=${wanted ?? ''} options=${[['', 'Every status'], ...statusOrder.map((each) => [each, statuses[each].word]), ['overridden', 'Overridden']]} />
            <${CSV} lot=${lot} name="spots" read=${() => parking.spotsTable({ lot_id: lot.lot_id, ...(wanted === 'overridden' ? { overridden: true } : { status: wanted }) })} />
        </div>
        ${rows.length === 0 ? html`
            <${Empty} icon="parking" small title=${spots.length === 0 ? 'No spot yet' : 'No spot fits'}>
                <p>${spots.length === 0 ? 'Add spots under "Lot", or let sensors in under Devices.' : 'Choose another status, or search for less.'}</p><//>`
            : html`<${Table} caption="Spots" columns=${columns} rows=${rows} rowKey=${(spot) => spot.spot_id} sort=${{ key: sortKey, down }} />`}
        ${shown && html`<${Override} key=${shown.spot_id} lot=${lot} spot=${shown} close=${() => set(null)} />`}`;
}
