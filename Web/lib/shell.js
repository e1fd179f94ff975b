// Command lines that a reader copies into a POSIX shell.

/** A text as one word: as it is where no shell reads anything into it, else in single quotes. */
export const shellWord = (text) => (/^[A-Za-z0-9_@%+:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
