// A table that can be sorted by its headings (the order is in the address) and that draws only the rows in view when it
// is long. A phone has room for three columns; what else a row says stands there in a second line of its first cell.

import { html, useEffect, useLayoutEffect, useRef, useState } from '/lib/html.js';
import { usePrinting } from '/lib/printing.js';
import { withQuery } from '/app/router.js';
import { Icon } from '/parts/icons.js';

/** As in styles/controls.css, where a row of a long table has a second line on a phone. */
const phone = matchMedia('(max-width: 800px)');
const heightOfRow = () => (phone.matches ? 64 : 48);
const spare = 8;
const columnsOnPhone = 3;

/** First and last row to draw, from where the table lies in the window. */
function useWindow(element, count, active) {
    const [range, set] = useState([0, Math.min(count, 40)]);
    const measure = () => {
        const top = element.current?.getBoundingClientRect().top ?? 0;
        const rowHeight = heightOfRow();
        // A table that lies wholly above or below the window draws nothing, and is as high as ever.
        const within = (row) => Math.min(count, Math.max(0, row));
        const first = within(Math.floor(-top / rowHeight) - spare);
        const last = within(Math.ceil((innerHeight - top) / rowHeight) + spare);
        set((old) => (old[0] === first && old[1] === last ? old : [first, last]));
    };
    useLayoutEffect(() => { if (active) measure(); }, [count, active]);
    useEffect(() => {
        if (!active) return undefined;
        addEventListener('scroll', measure, { passive: true });
        addEventListener('resize', measure);
        return () => { removeEventListener('scroll', measure); removeEventListener('resize', measure); };
    }, [count, active]);
    // Paper has no window that moves over it.
    const isPrinting = usePrinting();
    return active && !isPrinting ? range : [0, count];
}

/** Where a column is on a phone: nowhere, in the second line, or (null) a column as elsewhere. */
function placesOnPhone(columns) {
    let room = columnsOnPhone;
    return new Map(columns.map((column) => {
        if (column.phone) return [column.key, column.phone === 'none' ? 'none' : 'more'];
        if (column.key === 'act') return [column.key, null];
        room -= 1;
        return [column.key, room >= 0 ? null : 'none'];
    }));
}

function SecondLine({ columns, row }) {
    const said = columns.filter(({ phone: place }) => place && place !== 'none')
        .map(({ key, phone: place, cell }) => [key, place === 'more' ? cell(row) : place(row)]).filter(([, words]) =>
            words);
    return said.length > 0 && html`<span
        class="row-second">${said.map(([key, words]) => html`<span key=${key}>${words}</span>`)}</span>`;
}

function Heading({ column, sort, place }) {
    if (!column.sort) return html`
        <th scope="col" data-column=${column.key} data-align=${column.align} data-phone=${place}>${column.label}</th>`;
    const on = sort.key === column.key;
    const next = on && !sort.down ? `-${column.key}` : column.key;
    return html`
        <th scope="col" data-column=${column.key} data-align=${column.align} data-phone=${place}
            aria-sort=${on ? (sort.down ? 'descending' : 'ascending') : null}>
            <a class="sorter" data-on=${on} data-replace href=${withQuery({ sort: next })}>
                ${column.label}
                <${Icon} name=${on && !sort.down ? 'up' : 'down'} />
            </a>
        </th>`;
}

/**
 * @param columns {key, label, cell(row), align: 'end', sort: true, head: true for the cell that names the row, phone:
 * 'none' if it is not there on a phone, 'more' if it is in the second line, or what the second line says of a row}
 * @param sort {key, down}: the order the rows are in
 */
export function Table({ caption, columns, rows, rowKey, sort = {}, long = rows.length > 80 }) {
    const body = useRef(null);
    const [first, last] = useWindow(body, rows.length, long);
    const places = placesOnPhone(columns);
    const gap = (count) => count > 0 && html`
        <tr aria-hidden="true" class="table-gap"><td style=${{ height: `${count * heightOfRow()}px` }}></td></tr>`;
    return html`
        <div class="table-box">
            <table data-long=${long} aria-rowcount=${long ? rows.length + 1 : null}>
                <caption class="unseen">${caption}</caption>
                <thead>
                    <tr>${columns.map((column) => html`<${Heading} key=${column.key} column=${column} sort=${sort}
                        place=${places.get(column.key)} />`)}</tr>
                </thead>
                <tbody ref=${body}>
                    ${gap(first)}
                    ${rows.slice(first, last).map((row, index) => html`
                        <tr key=${rowKey(row)} aria-rowindex=${long ? first + index + 2 : null}>
                            ${columns.map((column) => (column.head
                                ? html`<th scope="row" data-column=${column.key}>${column.cell(row)}<${SecondLine}
                                    columns=${columns} row=${row} /></th>`
                                : html`
                                    <td data-column=${column.key} data-align=${column.align}
                                        data-phone=${places.get(column.key)}>${column.cell(row)}</td>`))}
                        </tr>`)}
                    ${gap(rows.length - last)}
                </tbody>
            </table>
        </div>`;
}
