export interface DropHandlers {
  onFiles(files: readonly File[]): void;
  /** What was dropped holds a folder; these are all of its parts. */
  onFolders(entries: readonly FileSystemEntry[]): void;
  onUrl(url: string): void;
}

/** Drag and drop over the whole window, and paste of files or of an address. `overlay` is shown while something hovers. */
export function acceptDrops(target: Window, overlay: HTMLElement, handlers: DropHandlers): void {
  const carriesSomething = (data: DataTransfer | null): boolean =>
    data !== null && (data.types.includes('Files') || data.types.includes('text/uri-list'));

  function open(data: DataTransfer | null): boolean {
    // To be asked for at once: when the event is over, the list is empty.
    const entries = [...(data?.items ?? [])].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
    if (entries.some(({ isDirectory }) => isDirectory)) {
      handlers.onFolders(entries);
      return true;
    }
    const files = [...(data?.files ?? [])];
    if (files.length > 0) {
      handlers.onFiles(files);
      return true;
    }
    const text = (data?.getData('text/uri-list') || data?.getData('text/plain') || '').trim();
    if (!/^https?:\/\/\S+$/.test(text)) return false;
    handlers.onUrl(text);
    return true;
  }

  target.addEventListener('dragover', (event) => {
    if (!carriesSomething(event.dataTransfer)) return;
    event.preventDefault();
    overlay.hidden = false;
  });
  target.addEventListener('dragleave', (event) => {
    // Leaving one element for another inside the window has a related target.
    if (event.relatedTarget === null) overlay.hidden = true;
  });
  target.addEventListener('drop', (event) => {
    overlay.hidden = true;
    if (carriesSomething(event.dataTransfer)) event.preventDefault();
    open(event.dataTransfer);
  });
  target.addEventListener('paste', (event) => {
    if (open(event.clipboardData)) event.preventDefault();
  });
}
