// The lot itself: what it is called, who sees it, when silence means unknown; its spots by hand and from files.

import { html, useState } from '/lib/html.js';
import { useAction } from '/lib/hooks.js';
import { byText, duration, number } from '/lib/format.js';
import { navigate } from '/app/router.js';
import { parking } from '/parking/api.js';
import { kinds } from '/parking/model.js';
import { t } from '/parking/owner-words.js';
import { Confirm } from '/parts/confirm.js';
import { Icon } from '/parts/icons.js';
import { Field } from '/parts/form.js';
import { Name, Select, Text } from '/parts/input.js';
import { Incomplete } from '/parts/incomplete.js';
import { Problem } from '/parts/problem.js';
import { download } from '/parts/secret.js';
import { Share } from '/parts/share.js';
import { toast } from '/parts/toast.js';

const numberOf = (text) => (text.trim() === '' ? null : Number(text.replace(',', '.')));
const shown = (value) => (Number.isFinite(value) ? String(value) : '');

function Facts({ lot, reload }) {
    const [name, setName] = useState(lot.name);
    const [street, setStreet] = useState(lot.address ?? '');
    const [north, setNorth] = useState(shown(lot.latitude));
    const [east, setEast] = useState(shown(lot.longitude));
    const [zone, setZone] = useState(lot.time_zone ?? 'UTC');
    const [isPublic, setPublic] = useState(lot.public !== false);
    const [stale, setStale] = useState(shown(lot.stale_after_seconds));
    const { busy, error, run } = useAction();
    const tried = useAction();
    const [replay, setReplay] = useState(null);
    const seconds = numberOf(stale);
    const save = async (event) => {
        event.preventDefault();
        const body = { name: name.trim(), address: street.trim(), latitude: numberOf(north), longitude: numberOf(east),
            time_zone: zone.trim(), public: isPublic, stale_after_seconds: seconds };
        if (await run(() => parking.changeLot(lot.lot_id, body)) !== undefined) { reload();
            toast({ text: t('lot.changed') }); }
    };
    const attempt = async () =>
        { const answer = await tried.run(() => parking.whatIfStale(lot.lot_id, { stale_seconds: seconds }));
        if (answer) setReplay(answer); };
    return html`
        <form class="card stack" onSubmit=${save} novalidate aria-labelledby="facts-name">
            <h2 id="facts-name">${t('lot.title')}</h2>
            <${Text} label=${t('name')} value=${name} set=${setName} maxlength="200" autocomplete="off" />
            <${Text} label=${t('address')} value=${street} set=${setStreet} maxlength="500" autocomplete="off" />
            <div class="two-fields">
                <${Text} label=${t('lot.latitude')} value=${north} set=${setNorth} inputmode="decimal"
                    autocomplete="off" />
                <${Text} label=${t('lot.longitude')} value=${east} set=${setEast} inputmode="decimal"
                    autocomplete="off" />
            </div>
            <div class="two-fields">
                <${Name} label=${t('lot.zone')} value=${zone} set=${setZone} />
                <${Text} label=${t('lot.stale')} value=${stale}
                    set=${(text) => { setStale(text); setReplay(null); }} inputmode="numeric" autocomplete="off" />
            </div>
            <label class="check"><input type="checkbox" checked=${isPublic}
                onChange=${(event) => setPublic(event.target.checked)} />${t('lot.public')}</label>
            ${replay && html`
                <${Incomplete} gaps=${replay.incomplete}>${t('stale.gaps')}<//>
                <table class="bill"><caption class="unseen">${t('stale.title')}</caption>
                    <thead><tr><th
                        scope="col">${t('stale.span',
                        { span: duration((Date.parse(replay.to) - Date.parse(replay.from)) / 1000) })}</th><th
                        scope="col" data-align="end">${t('now')}</th><th scope="col"
                        data-align="end">${t('then')}</th></tr></thead>
                    <tbody>
                        <tr><th scope="row">${t('stale.times')}</th><td
                            data-align="end">${number(replay.present.unknowns, 0)}</td><td
                            data-align="end">${number(replay.proposed.unknowns, 0)}</td></tr>
                        <tr><th scope="row">${t('stale.wrong')}</th><td
                            data-align="end">${number(replay.present.false_unknowns, 0)}</td><td
                            data-align="end">${number(replay.proposed.false_unknowns, 0)}</td></tr>
                        <tr><th scope="row">${t('stale.seen')}</th><td
                            data-align="end">${t('stale.seenOf',
                            { silences_seen: replay.present.silences_seen, silences: replay.present.silences })}</td><td
                            data-align="end">${t('stale.seenOf',
                            { silences_seen: replay.proposed.silences_seen,
                            silences: replay.proposed.silences })}</td></tr>
                        ${Number.isFinite(replay.present.turnover) && html`
                        <tr><th scope="row">${t('turnover.title')}</th><td
                            data-align="end">${number(replay.present.turnover, 2)}</td><td
                            data-align="end">${number(replay.proposed.turnover, 2)}</td></tr>`}
                    </tbody></table>`}
            ${(error || tried.error) && html`<${Problem} error=${error ?? tried.error} small level="h3" />`}
            <p class="actions">
                <button type="submit" class="button primary" aria-busy=${busy}>${t('save')}</button>
                ${seconds > 0 && seconds !== lot.stale_after_seconds && html`<button type="button" class="button"
                    aria-busy=${tried.busy} onClick=${attempt}>${t('stale.try')}</button>`}
            </p>
        </form>`;
}

function AddSpot({ lot, spots, reload }) {
    const [id, setID] = useState('');
    const [level, setLevel] = useState('0');
    const [zone, setZone] = useState('');
    const [kind, setKind] = useState('standard');
    const [x, setX] = useState('');
    const [y, setY] = useState('');
    const [gone, setGone] = useState('');
    const [removing, remove] = useState(null);
    const { busy, error, run } = useAction();
    const add = async (event) => {
        event.preventDefault();
        const body = { spot_id: id.trim(), level: level.trim() || '0', kind,
            ...(zone.trim() ? { zone: zone.trim() } : {}), ...(x && y ? { x: numberOf(x), y: numberOf(y) } : {}) };
        if (await run(() => parking.addSpot(lot.lot_id, body)) === undefined) return;
        toast({ text: t('spot.added', { spot: id.trim() }) });
        setID('');
        reload();
    };
    const names = spots.map((spot) => spot.spot_id).sort((a, b) => byText(a, b));
    return html`
        <form class="card stack" onSubmit=${add} novalidate aria-labelledby="spot-name">
            <h2 id="spot-name">${t('spot.add')}</h2>
            <${Name} label="Id" value=${id} set=${setID} maxlength="64" hint=${t('spot.id.hint')} />
            <div class="two-fields">
                <${Name} label=${t('level')} value=${level} set=${setLevel} maxlength="16" /><${Name} label=${t('zone')}
                    value=${zone} set=${setZone} maxlength="32" />
                <${Text} label=${t('spot.x')} value=${x} set=${setX} inputmode="decimal" />
                    <${Text} label=${t('spot.y')} value=${y} set=${setY} inputmode="decimal" />
            </div>
            <${Select} label=${t('kind')} value=${kind} set=${setKind}
                options=${Object.entries(kinds).map(([key, { word }]) => [key, word])} />
            ${error && html`<${Problem} error=${error} small level="h3" />`}
            <p class="actions"><button type="submit" class="button primary" aria-busy=${busy}
                disabled=${!id.trim()}>${t('spot.add.act')}</button></p>
            ${names.length > 0 && html`
                <${Select} label=${t('spot.removeOr')} value=${gone} set=${setGone}
                    options=${[['', t('spot.choose')], ...names.map((each) => [each, each])]} />
                <p class="actions"><button type="button" class="button danger" disabled=${!gone}
                    onClick=${() => remove(gone)}>${t('spot.remove')}</button></p>`}
            ${removing && html`
                <${Confirm} title=${`Remove ${removing}?`} action=${t('remove')} close=${() => remove(null)}
                    act=${async () => { await parking.removeSpot(lot.lot_id, removing); setGone(''); reload();
                        toast({ text: `${removing} is removed; its past stays.` }); }}>
                    <p>${t('spot.remove.says')}</p>
                <//>`}
        </form>`;
}

function Files({ lot, reload }) {
    const [text, set] = useState('');
    const { busy, error, run } = useAction();
    const give = (accept, name) => run(async () => {
        const answer = await parking.export(lot.lot_id, accept);
        download(name, typeof answer === 'string' ? answer : JSON.stringify(answer, null, 2), accept);
    });
    const take = async () => {
        const answer = await run(() => parking.import(text));
        if (!answer) return;
        set('');
        reload();
        toast({ text: t('import.done', { spots: answer.spots, added_spots: answer.added_spots }) });
    };
    const choose = async (event) => { const [file] = event.target.files; if (file) set(await file.text()); };
    return html`
        <section class="card stack" aria-labelledby="files-name">
            <h2 id="files-name">${t('import.title')}</h2>
            <p class="actions">
                <button type="button" class="button" onClick=${() => give('text/csv', `${lot.lot_id}.csv`)}>
                    <${Icon} name="download" />${t('export.spots')}</button>
                <button type="button" class="button"
                    onClick=${() => give('application/json', `${lot.lot_id}.json`)}>
                    <${Icon} name="download" />${t('export.lot')}</button>
            </p>
            <${Field} label=${t('import.file')} hint=${t('import.hint')}>
                ${(given) => html`<input type="file" class="file" accept=".csv,.json,text/csv,application/json"
                    ...${given} onChange=${choose} />`}<//>
            <${Field} label=${t('import.text')}>${(given) => html`<textarea class="import-box" spellcheck="false"
                ...${given} value=${text} onInput=${(event) => set(event.target.value)}></textarea>`}<//>
            ${error && html`<${Problem} error=${error} small level="h3" />`}
            <p class="actions"><button type="button" class="button primary" disabled=${!text.trim()} aria-busy=${busy}
                onClick=${take}>${t('import')}</button></p>
        </section>`;
}

function Remove({ lot }) {
    const [open, set] = useState(false);
    return html`
        <p class="actions"><button type="button" class="button danger"
            onClick=${() => set(true)}>${t('lot.remove')}</button></p>
        ${open && html`
            <${Confirm} title=${t('lot.remove.title')} action=${t('remove')} typed=${lot.lot_id}
                close=${() => set(false)}
                act=${async () => { await parking.removeLot(lot.lot_id); navigate('/parking/owner'); }}>
                <p>${t('lot.remove.says')}</p>
            <//>`}`;
}

export function SettingsTab({ lot, spots, reload }) {
    return html`
        <div class="owner-grid">
            <${Facts} lot=${lot} reload=${reload} />
            <${AddSpot} lot=${lot} spots=${spots} reload=${reload} />
            <${Files} lot=${lot} reload=${reload} />
            <${Share} solution="parking" noun="lot" thing=${lot.lot_id} site=${lot.site} says=${t('share.says')}
                label=${t('share.address')} once=${t('share.once')} />
        </div>
        <div class="section-head"><${Remove} lot=${lot} /></div>`;
}
