// Which car park: the nearest if the driver says where they are, else by name.

import { html, useEffect, useState } from '/lib/html.js';
import { plural } from '/lib/format.js';
import { onTick } from '/lib/time.js';
import { countsOf, distance, distanceWords, fullness, sentence } from '/parking/model.js';
import { Empty } from '/parts/empty.js';
import { Head } from '/parts/head.js';
import { Glyph, Icon } from '/parts/icons.js';
import { Search } from '/parts/search.js';

const byName = 'The car parks are in order of their names.';
const faults = {
    insecure: `A browser tells where it is only to pages that come over HTTPS. ${byName}`,
    hub: `This hub, or a proxy before it, does not let its pages ask where you are. ${byName}`,
    browser: `Location is switched off for this page. Allow it in your browser's settings, then try again. ${byName}`,
    unknown: `Your device could not find out where you are. ${byName}`,
    late: `Your device took too long to find out where you are. Try again. ${byName}`,
};

/** Why the browser did not say where it is; `code` is that of a GeolocationPositionError. */
function faultOf(code) {
    // Only browsers that obey a Permissions-Policy header tell what it says.
    if (code === 1) return document.featurePolicy?.allowsFeature('geolocation') === false ? faults.hub : faults.browser;
    return code === 3 ? faults.late : faults.unknown;
}

/** Where the reader is, asked for only when they tap: {place, state, find}. */
function usePlace() {
    const [state, set] = useState({ place: null, busy: false, fault: null });
    const find = () => {
        if (!isSecureContext || !navigator.geolocation) { set({ place: null, busy: false, fault: isSecureContext ? faults.unknown : faults.insecure }); return; }
        set({ place: null, busy: true, fault: null });
        navigator.geolocation.getCurrentPosition(
            ({ coords }) => set({ place: coords, busy: false, fault: null }),
            ({ code }) => set({ place: null, busy: false, fault: faultOf(code) }),
            { maximumAge: 60_000, timeout: 10_000 });
    };
    return { ...state, find };
}

function LotLine({ lot, far }) {
    const counts = countsOf(lot);
    const tone = fullness(counts);
    const known = tone !== 'unknown' || counts.free > 0;
    return html`
        <li>
            <a class="lot-line" href=${`/parking/${encodeURIComponent(lot.lot_id)}`}>
                <span class="lot-free" data-tone=${tone}>
                    <strong>${known ? counts.free : '?'}</strong><span><${Glyph} tone=${tone} />${known ? 'free' : 'unknown'}</span>
                </span>
                <span class="lot-name"><strong>${lot.name}</strong><span>${lot.address}</span><span class="unseen">${sentence(counts)}</span></span>
                ${far !== null && html`<span class="lot-far">${distanceWords(far)}</span>`}
                <${Icon} name="chevron" />
            </a>
        </li>`;
}

export function Lots({ lots, reload, query }) {
    const { place, busy, fault, find } = usePlace();
    // What is not live is asked for from time to time.
    useEffect(() => { let n = 0; return onTick(() => { n += 1; if (n % 30 === 0) reload(); }); }, []);
    const far = (lot) => (place && Number.isFinite(lot.latitude) ? distance(place, lot) : null);
    const words = (query.get('q') ?? '').toLowerCase();
    const shown = lots.filter((lot) => `${lot.name} ${lot.address}`.toLowerCase().includes(words)).map((lot) => ({ lot, far: far(lot) }))
        .sort((a, b) => (a.far ?? Infinity) - (b.far ?? Infinity) || a.lot.name.localeCompare(b.lot.name, 'en', { numeric: true }));
    if (lots.length === 0) return html`
        <${Head} title="Parking" />
        <${Empty} icon="parking" title="No car park is here yet">
            <p>Whoever runs this hub can add one.</p><p class="actions"><a class="button primary" href="/parking/owner">Run car parks</a></p>
        <//>`;
    return html`
        <${Head} title="Parking"><p class="lead">${plural(shown.length, 'car park')}${place ? ', the nearest first' : ''}</p><//>
        <div class="toolbar">
            <button type="button" class="button" aria-busy=${busy} aria-pressed=${place !== null} onClick=${find}>
                <${Icon} name="pin" />Nearest to me
            </button>
            <${Search} label="Find a car park" placeholder="Name or street" value=${query.get('q') ?? ''} />
        </div>
        <p class="hint" role="status">${fault ?? ''}</p>
        ${shown.length === 0 ? html`<${Empty} icon="search" small title="No car park is called that"><p>Search for a part of its name or street.</p><//>`
            : html`<ul class="card list lots" role="list">${shown.slice(0, 200).map(({ lot, far: metres }) => html`
                <${LotLine} key=${lot.lot_id} lot=${lot} far=${metres} />`)}</ul>`}`;
}
