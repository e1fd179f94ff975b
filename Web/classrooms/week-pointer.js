// Choosing and moving with a pointer in the grid of a week. A mouse drags; a finger scrolls, taps and pulls the handle.

import { useEffect, useRef } from '/lib/html.js';
import { between, step } from '/classrooms/week-model.js';

/** What is moved less than this was pressed, and not dragged. */
const still = 5;

/** The place under the pointer, by where the rows and columns are: bookings may lie above it. */
function placeAt(grid, event, days, range) {
    const boxes = [...grid.querySelectorAll('.week-day-head')].map((head) => head.getBoundingClientRect());
    const far = (box) => Math.abs(event.clientX - (box.left + box.right) / 2);
    const column = boxes.indexOf(boxes.reduce((best, box) => (far(box) < far(best) ? box : best)));
    const first = grid.querySelector('.week-row').getBoundingClientRect();
    const last = (range.to - range.from) / step - 1;
    const row = Math.max(0, Math.min(last, Math.floor((event.clientY - first.top) / first.height)));
    return { day: days[column], minute: range.from + row * step };
}

const cellOf = ({ target }) => {
    const cell = target.closest('[role=gridcell]');
    return cell && { day: cell.dataset.day, minute: Number(cell.dataset.minute) };
};

/**
 * The handlers of the grid's element.
 * @param chosen the time that is chosen; @param choose(time) chooses another; @param start(place) says where one is
 * @param whole(place) the usual time from a place on; @param take(time) books it
 * @param held(key, day) the part of a booking that an element shows; @param show(time, part) draws where it would go
 * (null: it is not moved); @param move(part, time) is called when it is let go there
 */
export function usePointer({ grid, days, range, chosen, choose, start, whole, take, held, show, move }) {
    const drag = useRef(null);
    const end = () => { drag.current = null; show(null); };
    useEffect(() => {
        const escape = (event) => {
            if (event.key !== 'Escape' || !drag.current) return;
            end();
            choose(null);
        };
        addEventListener('keydown', escape);
        return () => removeEventListener('keydown', escape);
    }, []);

    const down = (event) => {
        if (event.button !== 0) return;
        const place = cellOf(event);
        const entry = event.target.closest('[data-moves=true]');
        const isFinger = event.pointerType === 'touch';
        if (event.target.closest('.week-handle')) {
            drag.current = { day: chosen.day, anchor: chosen.from, time: chosen, isPulled: true };
        } else if (entry && !isFinger) {
            const part = held(entry.dataset.entry, entry.dataset.day);
            const under = placeAt(grid.current, event, days, range);
            drag.current = { part, offset: Math.floor((under.minute - part.from) / step) * step,
                at: [event.clientX, event.clientY] };
        } else if (place && !isFinger) {
            drag.current = { day: place.day, anchor: place.minute, time: null };
            start(place);
            choose({ day: place.day, ...between(place.minute, place.minute) });
        } else return;
        // A press on a booking that moves nothing stays a click of it.
        if (!drag.current.part) grid.current.setPointerCapture(event.pointerId);
    };

    const extend = (place) => {
        const { day, anchor, time, isPulled } = drag.current;
        const minute = isPulled ? Math.max(anchor, place.minute) : place.minute;
        if (minute === anchor && !time) return;
        drag.current.time = { day, ...between(anchor, minute) };
        choose(drag.current.time);
    };

    const carry = (event, place) => {
        const { part, offset, at: [x, y], time } = drag.current;
        if (!time && Math.hypot(event.clientX - x, event.clientY - y) < still) return;
        if (!time) grid.current.setPointerCapture(event.pointerId);
        const length = part.to - part.from;
        const from = Math.max(range.from, Math.min(range.to - length, place.minute - offset));
        drag.current.time = { day: place.day, from, to: from + length };
        show(drag.current.time, part);
    };

    const draw = (event) => {
        if (!drag.current) return;
        const place = placeAt(grid.current, event, days, range);
        if (drag.current.part) carry(event, place); else extend(place);
    };

    const up = () => {
        const done = drag.current;
        if (!done) return;
        end();
        if (done.part) {
            if (done.time) move(done.part, done.time);
            return;
        }
        const time = done.time ?? whole({ day: done.day, minute: done.anchor });
        choose(time);
        if (!done.isPulled) take(time);
    };

    const tap = (event) => {
        const place = cellOf(event);
        if (!place || event.pointerType !== 'touch') return;
        start(place);
        choose(whole(place));
        // What is chosen is not hidden by the bar that says so.
        requestAnimationFrame(() => grid.current?.querySelector('.week-choice')?.scrollIntoView({ block: 'nearest' }));
    };

    return { onPointerDown: down, onPointerMove: draw, onPointerUp: up, onPointerCancel: end, onClick: tap };
}
