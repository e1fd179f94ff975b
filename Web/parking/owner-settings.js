// The lot itself: what it is called, who sees it, when silence means unknown; its spots by hand and from files.

import { html, useState } from '/lib/html.js';
import { useAction } from '/lib/hooks.js';
import { duration } from '/lib/time.js';
import { number } from '/lib/format.js';
import { navigate } from '/app/router.js';
import { parking } from '/parking/api.js';
import { kinds } from '/parking/model.js';
import { Confirm } from '/parts/confirm.js';
import { Icon } from '/parts/icons.js';
import { Field } from '/parts/form.js';
import { Name, Select, Text } from '/parts/input.js';
import { Incomplete } from '/parts/incomplete.js';
import { Problem } from '/parts/problem.js';
import { download } from '/parts/secret.js';
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
        const body = { name: name.trim(), address: street.trim(), latitude: numberOf(north), longitude: numberOf(east), time_zone: zone.trim(), public: isPublic, stale_after_seconds: seconds };
        if (await run(() => parking.changeLot(lot.lot_id, body)) !== undefined) { reload(); toast({ text: 'The lot is changed.' }); }
    };
    const attempt = async () => { const answer = await tried.run(() => parking.whatIfStale(lot.lot_id, { stale_seconds: seconds })); if (answer) setReplay(answer); };
    return html`
        <form class="card stack" onSubmit=${save} novalidate aria-labelledby="facts-name">
            <h2 id="facts-name">The lot</h2>
            <${Text} label="Name" value=${name} set=${setName} maxlength="200" autocomplete="off" />
            <${Text} label="Address" value=${street} set=${setStreet} maxlength="500" autocomplete="off" />
            <div class="two-fields">
                <${Text} label="Degrees north" value=${north} set=${setNorth} inputmode="decimal" autocomplete="off" />
                <${Text} label="Degrees east" value=${east} set=${setEast} inputmode="decimal" autocomplete="off" />
            </div>
            <div class="two-fields">
                <${Name} label="Time zone" value=${zone} set=${setZone} />
                <${Text} label="Unknown after, seconds" value=${stale} set=${(text) => { setStale(text); setReplay(null); }} inputmode="numeric" autocomplete="off" />
            </div>
            <label class="check"><input type="checkbox" checked=${isPublic} onChange=${(event) => setPublic(event.target.checked)} />Everybody may see its spots</label>
            ${replay && html`
                <${Incomplete} gaps=${replay.incomplete}>What is lost is left out here.<//>
                <table class="bill"><caption class="unseen">What another time of silence does</caption>
                    <thead><tr><th scope="col">In the last ${duration((Date.parse(replay.to) - Date.parse(replay.from)) / 1000)}</th><th scope="col" data-align="end">Now</th><th scope="col" data-align="end">Then</th></tr></thead>
                    <tbody>
                        <tr><th scope="row">Times a spot became unknown</th><td data-align="end">${number(replay.present.unknowns, 0)}</td><td data-align="end">${number(replay.proposed.unknowns, 0)}</td></tr>
                        <tr><th scope="row">Of these for nothing</th><td data-align="end">${number(replay.present.false_unknowns, 0)}</td><td data-align="end">${number(replay.proposed.false_unknowns, 0)}</td></tr>
                        <tr><th scope="row">True silences seen</th><td data-align="end">${replay.present.silences_seen} of ${replay.present.silences}</td><td data-align="end">${replay.proposed.silences_seen} of ${replay.proposed.silences}</td></tr>
                        ${Number.isFinite(replay.present.turnover) && html`
                        <tr><th scope="row">Turnover, cars a spot and day</th><td data-align="end">${number(replay.present.turnover, 2)}</td><td data-align="end">${number(replay.proposed.turnover, 2)}</td></tr>`}
                    </tbody></table>`}
            ${(error || tried.error) && html`<${Problem} error=${error ?? tried.error} small level="h3" />`}
            <p class="actions">
                <button type="submit" class="button primary" aria-busy=${busy}>Save</button>
                ${seconds > 0 && seconds !== lot.stale_after_seconds && html`<button type="button" class="button" aria-busy=${tried.busy} onClick=${attempt}>Try the silence on the past</button>`}
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
        const body = { spot_id: id.trim(), level: level.trim() || '0', kind, ...(zone.trim() ? { zone: zone.trim() } : {}), ...(x && y ? { x: numberOf(x), y: numberOf(y) } : {}) };
        if (await run(() => parking.addSpot(lot.lot_id, body)) === undefined) return;
        toast({ text: `Spot ${id.trim()} is added. It is unknown until its sensor speaks.` });
        setID('');
        reload();
    };
    const names = spots.map((spot) => spot.spot_id).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    return html`
        <form class="card stack" onSubmit=${add} novalidate aria-labelledby="spot-name">
            <h2 id="spot-name">Add a spot</h2>
            <${Name} label="Id" value=${id} set=${setID} maxlength="64" hint="As its sensor says it in spot_id. To let sensors in by themselves, open the door under Devices." />
            <div class="two-fields">
                <${Name} label="Level" value=${level} set=${setLevel} maxlength="16" /><${Name} label="Zone" value=${zone} set=${setZone} maxlength="32" />
                <${Text} label="Metres from the left" value=${x} set=${setX} inputmode="decimal" /><${Text} label="Metres from the top" value=${y} set=${setY} inputmode="decimal" />
            </div>
            <${Select} label="Kind" value=${kind} set=${setKind} options=${Object.entries(kinds).map(([key, { word }]) => [key, word])} />
            ${error && html`<${Problem} error=${error} small level="h3" />`}
            <p class="actions"><button type="submit" class="button primary" aria-busy=${busy} disabled=${!id.trim()}>Add the spot</button></p>
            ${names.length > 0 && html`
                <${Select} label="Or remove one" value=${gone} set=${setGone} options=${[['', 'Choose a spot'], ...names.map((each) => [each, each])]} />
                <p class="actions"><button type="button" class="button danger" disabled=${!gone} onClick=${() => remove(gone)}>Remove it</button></p>`}
            ${removing && html`
                <${Confirm} title=${`Remove ${removing}?`} action="Remove" close=${() => remove(null)}
                    act=${async () => { await parking.removeSpot(lot.lot_id, removing); setGone(''); reload(); toast({ text: `${removing} is removed; its past stays.` }); }}>
                    <p>Its history stays. A spot where a car stands cannot be removed.</p>
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
        toast({ text: `${answer.spots} spots read, ${answer.added_spots} of them new.` });
    };
    const choose = async (event) => { const [file] = event.target.files; if (file) set(await file.text()); };
    return html`
        <section class="card stack" aria-labelledby="files-name">
            <h2 id="files-name">Import and export</h2>
            <p class="actions">
                <button type="button" class="button" onClick=${() => give('text/csv', `${lot.lot_id}.csv`)}><${Icon} name="download" />Spots as CSV</button>
                <button type="button" class="button" onClick=${() => give('application/json', `${lot.lot_id}.json`)}><${Icon} name="download" />Lot as JSON</button>
            </p>
            <${Field} label="Import: a file" hint="JSON or CSV as they are exported; all of it is taken, or nothing.">
                ${(given) => html`<input type="file" class="file" accept=".csv,.json,text/csv,application/json" ...${given} onChange=${choose} />`}<//>
            <${Field} label="or its text">${(given) => html`<textarea class="import-box" spellcheck="false" ...${given} value=${text} onInput=${(event) => set(event.target.value)}></textarea>`}<//>
            ${error && html`<${Problem} error=${error} small level="h3" />`}
            <p class="actions"><button type="button" class="button primary" disabled=${!text.trim()} aria-busy=${busy} onClick=${take}>Import</button></p>
        </section>`;
}

function Remove({ lot }) {
    const [open, set] = useState(false);
    return html`
        <p class="actions"><button type="button" class="button danger" onClick=${() => set(true)}>Remove the lot</button></p>
        ${open && html`
            <${Confirm} title="Remove the lot?" action="Remove" typed=${lot.lot_id} close=${() => set(false)}
                act=${async () => { await parking.removeLot(lot.lot_id); navigate('/parking/owner'); }}>
                <p>Only a lot that was never used can be removed.</p>
            <//>`}`;
}

export function SettingsTab({ lot, spots, reload }) {
    return html`
        <div class="owner-grid">
            <${Facts} lot=${lot} reload=${reload} />
            <${AddSpot} lot=${lot} spots=${spots} reload=${reload} />
            <${Files} lot=${lot} reload=${reload} />
        </div>
        <div class="section-head"><${Remove} lot=${lot} /></div>`;
}
