import { type RefObject, useLayoutEffect } from 'react';

/**
 * Opens the dialog while the component is mounted. Closing it before it leaves the page gives the focus back to where
 * it was, which the browser does only for a dialog that is still there.
 */
export function useModalDialog(dialog: RefObject<HTMLDialogElement | null>): void {
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, [dialog]);
}
