// The words of the part that shares by links.

export default {
    share: 'Share',
    purpose: 'What the link is for',
    'purpose.hint': 'So that you know later which one to revoke.',
    shows: 'What the link shows',
    make: 'Make a link',
    more: 'More links',
    uses: { one: 'used {shown} time', other: 'used {shown} times' },
    by: 'made by {name} {age}',
    revoked: 'Revoked: it opens nothing any more.',
    expired: 'Expired: it opens nothing any more.',
    revoke: 'Revoke',
    'revoke.title': 'Revoke the link «{purpose}»',
    'revoke.says': 'Anyone who has its address sees nothing there any more. It cannot be taken back.',
};
