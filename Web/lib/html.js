// The one place that names the template library, so that the rest of the pages can be read without it.
export { h, html, render, createContext, useCallback, useContext, useEffect, useLayoutEffect, useMemo, useReducer,
    useErrorBoundary, useRef, useState } from '/vendor/preact.js';
