// The words of the card with the rules of a room's door.

export default {
    title: 'At the door',
    says: 'A display at the door needs no account: it opens by a link, which you make under Share. It says when the room is booked, never by whom, and people check in there.',
    shows_purpose: 'Show what bookings are for',
    takes_bookings: 'Let anyone at the door book the room, for up to an hour',
    approval: 'Bookings of this room wait for approval, so it is not booked at the door.',
};
