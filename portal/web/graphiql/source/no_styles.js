// In the place of react-style-singleton, which GraphiQL's dialogs use to keep the page behind them from scrolling: it
// writes style elements into the page, which our policy forbids, and the page does not scroll.
export const styleHookSingleton = () => () => {};
export const styleSingleton = () => () => null;
export const stylesheetSingleton = () => ({ add() {}, remove() {} });
