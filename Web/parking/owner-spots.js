// All spots as a table, and what a person says against a sensor.

import { html, useState } from '/lib/html.js';
import { byText, dayAndMinuteIn } from '/lib/format.js';
import { useAction } from '/lib/hooks.js';
import { instant, now } from '/lib/time.js';
import { parking } from '/parking/api.js';
import { LotCSV } from '/parking/lot-csv.js';
import { isOverridden, kindWord, levelWords, sourceOf, statuses, statusOrder } from '/parking/model.js';
import { t } from '/parking/owner-words.js';
import { TimeField } from '/parts/time-field.js';
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
        if (choice === 'closed') { send({ out_of_service: true }, t('service.out', { label: spot.label })); return; }
        const end = ends === 'never'
            ? {} : { until: new Date(ends === 'hour' ? now() + 3_600_000 : until).toISOString() };
        send({ occupied: choice === 'occupied', ...end }, t('override.done', { label: spot.label, choice }));
    };
    return html`
        <${Dialog} title=${t('booking.spot', { spot_id: spot.label ?? spot.spot_id })} open=${true} close=${close}>
            <form onSubmit=${submit} novalidate>
                <p class="hint">${t('override.says')}</p>
                <${Choice} legend=${t('override.spot')} name="override" value=${choice} change=${choose}
                    options=${[['free', t('free')], ['occupied', t('occupied')], ['closed', t('outOfService')]]} />
                ${choice !== 'closed' && html`
                    <${Choice} legend=${t('until')} name="ends" value=${ends} change=${setEnds}
                        options=${[['hour', t('override.hour')], ['time', t('time.one')], ['never', t('cleared')]]} />
                    ${ends === 'time' && html`
                        <${TimeField} label=${t('until')} zone=${zone} value=${until} set=${setUntil} />`}`}
                ${error && html`<${Problem} error=${error} small level="h3" />`}
                <p class="actions end">
                    <button type="submit" class="button primary" aria-busy=${busy}>${t('override.act')}</button>
                </p>
            </form>
        <//>`;
}

/** A time with its day, if that is not today. */
function timeWords(at, zone) {
    const [day, clock] = dayAndMinuteIn(at, zone).split(', ');
    return clock && day === dayAndMinuteIn(now(), zone).split(', ')[0] ? clock : dayAndMinuteIn(at, zone);
}

/** How a spot's status is known: of a person's word, whose it is and until when it holds. */
function knownFrom(spot, zone) {
    const source = sourceOf(spot);
    if (source === 'owner') return t('known.owner');
    if (source !== 'override') return source === 'sensor' || spot.observed_at ? t(`known.${source}`) : '–';
    const until = instant(spot.override.until);
    const { by } = spot.override;
    return t(by ? 'known.by' : 'known.until', { by, until: until ? timeWords(until, zone) : t('known.cleared') });
}

/** What a person can do to a spot, in its row: say something over its sensor, or end what was said with one press. */
function Action({ lot, spot, override }) {
    const { busy, error, run } = useAction();
    const end = async (body, words) => {
        if (await run(() =>
            parking.override(lot.lot_id, { spot_id: spot.spot_id, ...body })) !== undefined) toast({ text: words });
    };
    const name = html`<span class="unseen"> ${spot.label}</span>`;
    return html`${error && html`<span class="field-error" role="alert">${t('override.fault')} </span>`}
        ${spot.status === 'out_of_service' ? html`<button type="button" class="button small" aria-busy=${busy}
            onClick=${() =>
            end({ out_of_service: false }, t('service.again', { label: spot.label }))}>${t('service.back',
            { name })}</button>`
            : spot.override ? html`<button type="button" class="button small" aria-busy=${busy}
                onClick=${() => end({ clear: true }, t('override.ended', { label: spot.label }))}>${t('override.clear',
                { name })}</button>`
            : html`<button type="button" class="button small"
                onClick=${override}>${t('override', { name })}</button>`}`;
}

export function SpotsTab({ lot, spots, status, query, may }) {
    const [open, set] = useState(null);
    const [sortKey, down] = [(query.get('sort') ?? 'name').replace('-', ''), (query.get('sort') ?? '').startsWith('-')];
    const words = (query.get('q') ?? '').toLowerCase();
    const wanted = query.get('status');
    const zone = lot.time_zone ?? 'UTC';
    const keys = { name: (spot) => spot.label ?? spot.spot_id, status: (spot) => statusOrder.indexOf(status(spot)),
        since: (spot) => instant(spot.since) ?? 0, place: (spot) => `${spot.level} ${spot.zone ?? ''}` };
    const key = keys[sortKey] ?? keys.name;
    const compare = (a, b) => (typeof key(a) === 'number' ? key(a) - key(b) : byText(key(a), key(b)));
    const rows = spots.filter((spot) => `${spot.spot_id} ${spot.label} ${spot.zone ?? ''}`.toLowerCase().includes(words)
        && (!wanted || (wanted === 'overridden' ? isOverridden(spot) : status(spot) === wanted)))
        .sort((a, b) => (down ? -1 : 1) * compare(a, b));
    const columns = [
        { key: 'name', label: t('spot'), head: true, sort: true, cell: (spot) => spot.label ?? spot.spot_id },
        { key: 'status', label: t('status'), sort: true,
            cell: (spot) => { const { word, tone } = statuses[status(spot)]; return html`<${Badge} tone=${tone}
            word=${word} quiet />`; } },
        ...(may('parking.override')
            ? [{ key: 'act', label: html`<span class="unseen">${t('override.title')}</span>`, align: 'end',
            cell: (spot) => html`<${Action} lot=${lot} spot=${spot} override=${() => set(spot.spot_id)} />` }] : []),
        { key: 'since', label: t('since'), sort: true, phone: 'more',
            cell: (spot) => html`<${Age} at=${instant(spot.since)} />` },
        { key: 'by', label: t('knownFrom'), phone: (spot) => isOverridden(spot)
            && knownFrom({ ...spot, override: spot.override && { ...spot.override, by: null } }, zone),
            cell: (spot) => knownFrom(spot, zone) },
        { key: 'heard', label: t('heard'), phone: 'none',
            cell: (spot) => html`<${Age} at=${instant(spot.sensor?.heard_at ?? spot.observed_at)} />` },
        { key: 'place', label: t('spots.place'), sort: true, phone: (spot) => levelWords(spot.level).toLowerCase(),
            cell: (spot) => `${spot.level}${spot.zone ? `, ${spot.zone}` : ''}` },
        { key: 'kind', label: t('kind'), phone: 'none', cell: (spot) => kindWord(spot.kind) },
    ];
    const shown = spots.find((spot) => spot.spot_id === open);
    return html`
        <div class="toolbar">
            <${Search} label=${t('spots.find')} placeholder=${t('spots.search')} value=${query.get('q') ?? ''} />
            <${Pick} label=${t('status')} name="status" value=${wanted ?? ''}
                options=${[['', t('spots.everyStatus')], ...statusOrder.map((each) => [each, statuses[each].word]),
                ['overridden', t('overridden')]]} />
            <${LotCSV} lot=${lot} name="spots"
                read=${() => parking.spotsTable({ lot_id: lot.lot_id,
                ...(wanted === 'overridden' ? { overridden: true } : { status: wanted }) })} />
        </div>
        ${rows.length === 0 ? html`
            <${Empty} icon="parking" small title=${spots.length === 0 ? t('now.none') : t('spots.noneFits')}>
                <p>${spots.length === 0 ? t('spots.empty.says') : t('spots.noneFits.says')}</p><//>`
            : html`<${Table} caption=${t('spots.title')} columns=${columns} rows=${rows}
                rowKey=${(spot) => spot.spot_id}
                sort=${{ key: sortKey, down }} />`}
        ${shown && html`<${Override} key=${shown.spot_id} lot=${lot} spot=${shown} close=${() => set(null)} />`}`;
}
