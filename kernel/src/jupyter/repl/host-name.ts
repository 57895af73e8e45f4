/** The global through which a cell's code reaches the engine. */
export const hostName = '__estimand';
