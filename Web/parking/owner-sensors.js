// How well the sensors see: what their own history proposes, and which of them need a person.

import { html, useState } from '/lib/html.js';
import { useAction, useLoad } from '/lib/hooks.js';
import { byText, inUnit, number } from '/lib/format.js';
import { instant } from '/lib/time.js';
import { parking } from '/parking/api.js';
import { isLarge, sets } from '/parking/calibration.js';
import { LotCSV } from '/parking/lot-csv.js';
import { t } from '/parking/owner-words.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { Dialog } from '/parts/dialog.js';
import { Empty } from '/parts/empty.js';
import { Incomplete } from '/parts/incomplete.js';
import { Problem } from '/parts/problem.js';
import { Skeleton } from '/parts/skeleton.js';
import { Table } from '/parts/table.js';
import { toast } from '/parts/toast.js';

const flagWords = { drift: t('flagged.drift'), dirty: t('flagged.dirty'), blocked: t('flagged.blocked'),
    swapped: t('flagged.swapped'),
    stuck: t('flagged.stuck') };
/** What each flag means, and what to do, in the order of urgency. */
const flagHelp = {
    stuck: t('flag.stuck'),
    swapped: t('flag.swapped'),
    blocked: t('flag.blocked'),
    dirty: t('flag.dirty'),
    drift: t('flag.drift'),
};
const band = ({ threshold_cm: threshold, hysteresis_cm: hysteresis }) =>
    `${number(threshold, 0)} ± ${number(hysteresis / 2, 0)}`;
const proposed = ({ proposal }) => band(proposal);
const centimetres = (value) => (Number.isFinite(value) ? inUnit(number(value, 0), 'cm') : '–');

/** What a person should know first: which sensors need one, and of which nothing can be said. */
function verdict(all, flagged, silent) {
    const unheard = t('verdict.silent', { count: silent });
    const needs = t('verdict.needs', { count: flagged });
    if (flagged > 0) return silent > 0 ? t('verdict.both', { needs, unheard }) : needs;
    if (silent > 0) return silent === all ? t('verdict.none') : t('verdict.others', { all, unheard });
    return t('verdict.well');
}

/**
 * Asks before many sensors are read otherwise: which, from what, to what. Those that would change by less than they
 * waver are left alone unless one wants them.
 */
function ApplyAll({ rows, close, apply }) {
    const large = rows.filter(isLarge);
    const [all, take] = useState(false);
    const chosen = all ? rows : large;
    const { busy, error, run } = useAction();
    const columns = [
        { key: 'name', label: t('spot'), head: true, cell: (row) => row.label ?? row.spot_id },
        { key: 'old', label: t('threshold.now'), align: 'end', cell: (row) => band(row.current) },
        { key: 'new', label: t('threshold.new'), align: 'end', cell: (row) => band(row.proposal) },
    ];
    const submit = async (event) => {
        event.preventDefault();
        if (chosen.length > 0 && await run(() => apply(chosen)) !== undefined) close();
    };
    const few = rows.length - large.length;
    return html`
        <${Dialog} title=${chosen.length === 1
            ? t('thresholds.one') : t('thresholds.title', { count: chosen.length })}
            open=${true} close=${close}>
            <form onSubmit=${submit}>
                <div class="stack">
                    <p>${t('thresholds.says')}</p>
                    ${chosen.some((row) => row.incomplete) && html`<p>${t('thresholds.gaps')}</p>`}
                    ${chosen.length === 0 ? html`<p class="hint">${t('thresholds.none')}</p>`
                        : html`<${Table} caption=${t('thresholds.changes')} columns=${columns} rows=${chosen}
                            rowKey=${(row) => row.spot_id} />`}
                    ${few > 0 && html`<label class="check"><input type="checkbox" checked=${all}
                        onChange=${(event) =>
                        take(event.target.checked)} /> ${t('also',
                        { changes: t('thresholds.smaller', { count: few }) })}</label>`}
                </div>
                ${error && html`<${Problem} error=${error} small level="h3" />`}
                <p class="actions end">
                    <button type="button" class="button" onClick=${close}>${t('cancel')}</button>
                    <button type="submit" class="button primary" aria-busy=${busy}
                        disabled=${chosen.length === 0}>${t('thresholds.change', { length: chosen.length })}</button>
                </p>
            </form>
        <//>`;
}

export function SensorsTab({ lot, spots, may }) {
    const { data, error, reload } = useLoad(`calibration ${lot.lot_id}`,
        (options) => parking.calibration(lot.lot_id, options));
    const { busy, error: fault, run } = useAction();
    // What was set here, by spot: the answer above is of before.
    const [held, hold] = useState(() => new Map());
    const [undo, offer] = useState(null);
    const [asking, ask] = useState(false);
    if (!data && error) return html`<${Problem} error=${error} title=${t('calibration.unread')}
        retry=${reload} />`;
    if (!data) return html`<${Skeleton} shape="block" label=${t('loading')} />`;
    const known = new Map(spots.map((spot) => [spot.spot_id, spot]));
    const rows = data.spots.map((row) =>
        ({ ...row, current: { ...row.current, ...held.get(row.spot_id) }, spot: known.get(row.spot_id) }));
    const differs = (row) => row.proposal && (row.proposal.threshold_cm !== row.current.threshold_cm
        || row.proposal.hysteresis_cm !== row.current.hysteresis_cm);
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
        toast({ text: chosen.length === 1 ? t('thresholds.appliedOne', { spot_id: chosen[0].spot_id })
            : t('thresholds.applied', { length: chosen.length }) });
        return answer;
    };
    const takeBack = async () => {
        if (await run(() => send(undo)) === undefined) return;
        toast({ text: undo.length === 1 ? t('thresholds.undoneOne', { spot_id: undo[0].spot_id })
            : t('thresholds.undone', { length: undo.length }) });
        offer(null);
    };
    rows.sort((a, b) => (b.flags?.length ?? 0) - (a.flags?.length ?? 0) || byText(a.spot_id, b.spot_id));
    const columns = [
        { key: 'name', label: t('spot'), head: true, cell: (row) => row.label ?? row.spot_id },
        { key: 'flags', label: t('health'), cell: (row) => ((row.flags ?? []).length > 0
            ? row.flags.map(({ flag, detail, with: other }) => html`<${Badge} key=${flag} tone="warn" title=${detail}
                word=${other ? t('flagWith', { flag: flagWords[flag] ?? flag, other }) : flagWords[flag]
                    ?? flag} quiet />`)
            : html`<${Badge} tone=${row.spot?.observed_at ? 'good' : 'unknown'}
                word=${row.spot?.observed_at ? t('well') : t('sensor.never')} quiet />`) },
        { key: 'proposed', label: t('threshold.proposed'), align: 'end',
            phone: (row) => row.proposal && inUnit(proposed(row), 'cm'),
            cell: (row) => (row.proposal ? proposed(row) : t('sensors.tooLittle')) },
        { key: 'present', label: t('threshold'), phone: 'none', align: 'end',
            cell: (row) => centimetres(row.current.threshold_cm) },
        { key: 'empty', label: t('sensor.empty'), phone: 'none', align: 'end',
            cell: (row) => centimetres(row.free?.mean_cm) },
        { key: 'occupied', label: t('sensor.car'), phone: 'none', align: 'end',
            cell: (row) => centimetres(row.occupied?.mean_cm) },
        { key: 'samples', label: t('reports'), phone: 'none', align: 'end', cell: (row) => number(row.samples, 0) },
        { key: 'heard', label: t('heard'), phone: 'none',
            cell: (row) => html`<${Age} at=${instant(row.spot?.sensor?.heard_at ?? row.spot?.observed_at)} />` },
        ...(may('parking.manage')
            ? [{ key: 'act', label: html`<span class="unseen">${t('apply')}</span>`, align: 'end',
            cell: (row) => differs(row) && html`
            <button type="button" class="button small" aria-busy=${busy}
                onClick=${() => run(() => apply([row]))}>${t('apply')}<span
                class="unseen"> ${t('to', { spot_id: row.spot_id })}</span></button>` }] : []),
    ];
    const present = Object.keys(flagHelp).filter((flag) =>
        rows.some((row) => (row.flags ?? []).some((one) => one.flag === flag)));
    const flagged = rows.filter((row) => (row.flags ?? []).length > 0).length;
    const silent = rows.filter((row) => (row.flags ?? []).length === 0 && !row.spot?.observed_at).length;
    return html`
        <div class="section-head">
            <h2>${verdict(rows.length, flagged, silent)}</h2>
            <div class="owner-foot"><${LotCSV} lot=${lot} name="calibration" of=${t('sensors.table')} />
                ${may('parking.manage') && open.length > 0 && html`<button type="button" class="button"
                    aria-busy=${busy}
                    onClick=${() => ask(true)}>${t('thresholds.applyAll', { length: open.length })}</button>`}</div>
        </div>
        ${undo && html`<p class="actions before-table"
            role="status"><span>${undo.length === 1
            ? t('thresholds.wasOne', { spot_id: undo[0].spot_id })
            : t('thresholds.were', { length: undo.length })}</span>
            <button type="button" class="button small" aria-busy=${busy} onClick=${takeBack}>${t('undo')}</button></p>`}
        <p class="hint before-table">${t('calibration.says')}</p>
        ${present.length > 0 && html`<ul class="hint"
            aria-label=${t('flag.advice')}>${present.map((flag) => html`<li
            key=${flag}><strong>${flagWords[flag]}:</strong> ${flagHelp[flag]}</li>`)}</ul>`}
        <${Incomplete} gaps=${data.incomplete}>${t('calibration.gaps')}<//>
        ${fault && html`<${Problem} error=${fault} small level="h3" />`}
        ${asking && html`<${ApplyAll} rows=${open} close=${() => ask(false)} apply=${apply} />`}
        ${rows.length === 0 ? html`<${Empty} icon="parking" small
            title=${t('thresholds.unmeasured')}><p>${t('thresholds.unmeasured.says')}</p><//>`
            : html`<${Table} caption=${t('sensors')} columns=${columns} rows=${rows}
                rowKey=${(row) => row.spot_id} />`}`;
}
