// What a field of a node is called and measured in. A node may send any name; the well-known ones get their unit
// from here, the others are shown as they are, without a unit: a guessed unit would be worse than none.

const known = {
    temperature: ['Temperature', '°C', 1, 2],
    humidity: ['Humidity', '%', 1, 4],
    pressure: ['Pressure', 'hPa', 1, 2],
    light: ['Light', 'lx', 0, 10],
    illuminance: ['Illuminance', 'lx', 0, 10],
    lux: ['Light', 'lx', 0, 10],
    co2: ['CO₂', 'ppm', 0, 50],
    voc: ['VOC', 'ppb', 0, 20],
    pm25: ['PM 2.5', 'µg/m³', 1, 2],
    pm10: ['PM 10', 'µg/m³', 1, 2],
    noise: ['Noise', 'dB', 1, 5],
    distance: ['Distance', 'cm', 1, 5],
    moisture: ['Moisture', '%', 1, 4],
    soil_moisture: ['Soil moisture', '%', 1, 4],
    battery: ['Battery', '%', 0, 4],
    battery_voltage: ['Battery', 'V', 2, 0.2],
    voltage: ['Voltage', 'V', 2, 0.2],
    current: ['Current', 'A', 3, 0.1],
    power: ['Power', 'W', 1, 2],
    energy: ['Energy', 'kWh', 3, 0.1],
    wifi_rssi: ['Signal', 'dBm', 0, 6],
    rssi: ['Signal', 'dBm', 0, 6],
    uptime: ['Uptime', 's', 0, 60],
    heap: ['Free memory', 'B', 0, 1024],
    free_heap: ['Free memory', 'B', 0, 1024],
    heap_bytes: ['Free memory', 'B', 0, 1024],
};

/** Fields about the node itself rather than about its surroundings. */
export const health = new Set(['wifi_rssi', 'rssi', 'uptime', 'heap', 'free_heap', 'heap_bytes']);

const order = Object.keys(known);

function words(name) {
    const text = name.replaceAll('_', ' ').trim();
    return text === '' ? name : text[0].toUpperCase() + text.slice(1);
}

/**
 * Label, unit (empty if not known), digits after the point (null: as many as the value has) and the smallest span
 * of a chart's axis, so that noise in the last digit does not look like a storm.
 */
export function describe(name) {
    const lower = name.toLowerCase();
    const entry = known[lower];
    if (entry) return { name, label: entry[0], unit: entry[1], digits: entry[2], least: entry[3] };
    // soil_temperature, temperature_2, battery_v: the known word at one end gives the unit.
    if (/(^|_)battery_v$/.test(lower)) return { name, label: words(name), unit: 'V', digits: 2, least: 0.2 };
    for (const word of order) {
        if (lower.endsWith(`_${word}`) || lower.startsWith(`${word}_`)) {
            return { name, label: words(name), unit: known[word][1], digits: known[word][2], least: known[word][3] };
        }
    }
    return { name, label: words(name), unit: '', digits: null, least: 0 };
}

/** Readings first in the order people ask for them, then the rest by name, then what concerns the node itself. */
export function sortFields(names) {
    const rank = (name) => {
        const index = order.indexOf(name.toLowerCase());
        return (health.has(name) ? 1000 : 0) + (index < 0 ? 500 : index);
    };
    return [...names].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}
