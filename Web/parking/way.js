// The way to a car park, by the maps that the reader's device has. Pure functions.

/** Which maps a browser of this name opens. */
export function mapsOf(agent) {
    if (/Android/i.test(agent)) return 'android';
    return /iPhone|iPad|iPod|Macintosh/.test(agent) ? 'apple' : 'web';
}

/**
 * Address of directions to a lot, or null if nobody has said where it is. Android asks which of its maps to use (geo:
 * with `q` sets a pin, where `geo:lat,lng` would only move the map); Apple's devices open theirs; elsewhere
 * OpenStreetMap plans the way.
 */
export function wayTo(lot, agent) {
    const place = Number.isFinite(lot.latitude) && Number.isFinite(lot.longitude)
        ? `${lot.latitude},${lot.longitude}` : null;
    const street = (lot.address ?? '').trim();
    if (place === null && street === '') return null;
    const to = encodeURIComponent(place ?? street);
    // Parentheses of a name would end the pin's label.
    const label = encodeURIComponent(lot.name).replaceAll('(', '%28').replaceAll(')', '%29');
    switch (mapsOf(agent)) {
    case 'android': return `geo:0,0?q=${place ? `${place}(${label})` : to}`;
    case 'apple': return `https://maps.apple.com/?daddr=${to}`;
    default: return `https://www.openstreetmap.org/directions?to=${to}`;
    }
}
