/** What the main process tells a utility process. Data is the codec's text. */
export type ToUtility =
  | { readonly t: 'message'; readonly data: string; readonly ports: readonly number[] }
  | { readonly t: 'port'; readonly id: number; readonly data: string }
  | { readonly t: 'port-close'; readonly id: number };

export type FromUtility =
  | { readonly t: 'message'; readonly data: string }
  | { readonly t: 'port'; readonly id: number; readonly data: string }
  | { readonly t: 'port-close'; readonly id: number };
