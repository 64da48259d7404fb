import type { Translation } from '../translation.ts';

export const methods: Translation['methods'] = {
  decode: { title: 'Dekodiert', explanation: 'Das Latent, wie es ist, durch den Decoder' },
  lua: { title: 'LUA', explanation: 'Im Latentraum hochskaliert, dann einmal dekodiert' },
  'latent-bicubic': { title: 'Latent bikubisch', explanation: 'Bikubisch auf dem Latent, dann dekodiert' },
  'pixel-bicubic': {
    title: 'Pixel bikubisch',
    explanation: 'Bei 1× dekodiert, dann bikubisch auf den Pixeln',
  },
  'pixel-lanczos': { title: 'Pixel Lanczos', explanation: 'Bei 1× dekodiert, dann Lanczos-3 auf den Pixeln' },
  'pixel-upscaler': { title: 'Pixel-Netz', explanation: 'Bei 1× dekodiert, dann ein Netz auf den Pixeln' },
};

export const views: Translation['views'] = {
  side: { title: 'Reihe', hint: 'alle Bilder nebeneinander, in derselben gezeigten Größe' },
  slider: { title: 'Schieber', hint: 'zwei Bilder mit einer Trennlinie zum Schieben' },
  lens: { title: 'Lupe', hint: 'dieselbe Stelle in jedem Bild vergrößert' },
  difference: { title: 'Differenz', hint: 'wo sich zwei Bilder unterscheiden, verstärkt' },
  blink: {
    title: 'Blinken',
    hint: 'zwei Bilder abwechselnd am selben Platz; Taste halten, damit das zweite bleibt',
  },
};

export const buttons: Translation['buttons'] = {
  'zoom-out': { label: '−', title: 'Verkleinern' },
  fit: { label: 'Ganz', title: 'Das ganze Bild' },
  detail: { label: 'Detail', title: 'Wo es am meisten zu sehen gibt, bei 100 % des 2×-Bildes' },
  pixels: { label: '100 %', title: 'Ein Pixel des größten Bildes auf einem Pixel des Bildschirms' },
  'zoom-in': { label: '+', title: 'Vergrößern' },
  'full-screen': { label: 'Vollbild', title: 'Die Bilder im Vollbild' },
  'copy-figure': { label: 'Abbildung', title: 'Ein PNG der sichtbaren Bilder mit Beschriftung kopieren' },
  share: { label: 'Teilen', title: 'Link zu dieser Ansicht kopieren' },
  export: {
    label: 'Export…',
    title: 'Alle Bilder als ZIP; der Schieber als Film oder für eine andere Seite',
  },
};

export const demos: Translation['demos'] = {
  chelsea: { title: 'Chelsea, die Katze', kind: 'Tier' },
  astronaut: { title: 'Eileen Collins', kind: 'Porträt' },
  dandelions: { title: 'Löwenzahn', kind: 'Pflanzen' },
  dragonfly: { title: 'Libelle im Baum', kind: 'Pflanzen' },
  rocket: { title: 'Falcon 9 auf der Startrampe', kind: 'Technik' },
  type: { title: 'Gedruckter Text', kind: 'Text' },
  'safe-landing': { title: 'Sichere Landung', kind: 'Illustration' },
};

export const errors: Translation['errors'] = {
  'file/unreadable': { text: 'Die Datei lässt sich nicht lesen.' },
  'file/unknown-format': { text: 'Diese Art von Datei kann LatentLift nicht öffnen.' },
  'file/truncated': { text: 'Die Datei ist unvollständig; bitte noch einmal herunterladen.' },
  'file/malformed': { text: 'Die Datei ist beschädigt.' },
  'file/unsafe': { text: 'Die Datei enthält mehr als Daten und wird deshalb nicht geöffnet.' },
  'file/too-large': { text: 'Die Datei ist zu groß.' },
  'file/unsupported': { text: 'Diese Spielart des Formats wird nicht unterstützt.' },
  'latent/not-a-latent': { text: 'Die Datei enthält kein Latent.' },
  'latent/ambiguous': { text: 'Es ist nicht eindeutig, wie dieses Latent zu lesen ist.' },
  'latent/shape': { text: 'Die Form passt zu keinem bekannten Latent.' },
  'latent/empty': { text: 'Es ist kein Latent mit Werten da.' },
  'model/manifest': { text: 'Die Liste der Modelle ist beschädigt; bitte die Seite neu laden.' },
  'model/fetch': {
    text: 'Ein Modell ließ sich nicht laden; bitte die Verbindung prüfen und erneut versuchen.',
  },
  'model/integrity': { text: 'Ein Modell ist anders angekommen, als es sein soll; bitte erneut laden.' },
  'model/unrecognised': { text: 'Diese Gewichte gehören zu keinem Netz, das LatentLift kennt.' },
  'model/shape': { text: 'Die Gewichte haben nicht die Form, die ihr Netz braucht.' },
  'model/missing': { text: 'Es fehlt ein Modell.' },
  'model/mismatch': { text: 'Das Modell passt nicht zu diesem Latent.' },
  'model/storage': { text: 'Der Speicher des Browsers ließ sich nicht benutzen.' },
  'gpu/unavailable': { text: 'Es gibt hier keine brauchbare GPU.' },
  'gpu/lost': { text: 'Die GPU ist ausgefallen; bitte erneut versuchen.' },
  'gpu/out-of-memory': { text: 'Der Speicher der GPU reicht nicht.' },
  'gpu/self-test': { text: 'Die GPU hat den Selbsttest nicht bestanden.' },
  'engine/build': { text: 'Das Netz ließ sich nicht aufbauen.' },
  'engine/run': { text: 'Die Berechnung ist fehlgeschlagen.' },
  'engine/not-loaded': { text: 'Die Modelle sind noch nicht geladen.' },
  'engine/crashed': { text: 'Die Berechnung ist abgestürzt; bitte erneut versuchen.' },
  'engine/timeout': {
    text: 'Das Messen oder Verkleinern hat zu lange gedauert und wurde beendet; bitte erneut versuchen, oder mit einem kleineren Bild.',
  },
  'engine/out-of-memory': { text: 'Der Arbeitsspeicher reicht nicht.' },
  'engine/disposed': { text: 'Die Berechnung wurde beendet.' },
};

export const causes: Translation['causes'] = {
  'cpu-asked': { text: 'Die CPU wurde verlangt.' },
  'gpu-silent': {
    text: 'Der Browser hat auf die Frage nach seiner GPU nicht geantwortet, darum rechnet die CPU.',
  },
  'gpu-none': { text: 'Dieser Browser bietet keine GPU über WebGPU an, darum rechnet die CPU.' },
  'gpu-asked': { text: 'WebGPU wurde verlangt.' },
  gpu: { text: 'Die GPU rechnet, über WebGPU.' },
  'gpu-emulated': { text: 'Die einzige GPU hier ist in Software nachgebildet; die CPU ist schneller.' },
  'gpu-nameless': {
    text: 'Die GPU nennt ihren Namen nicht und ist so langsam wie eine nachgebildete; die CPU ist schneller.',
  },
  'gpu-imprecise': {
    text: 'Die GPU rechnet mit einfacher Genauigkeit, denn mit halber hat sie die Probe nicht bestanden.',
  },
  'gpu-failed-test': { text: 'Die GPU hat den Selbsttest nicht bestanden, darum rechnet die CPU.' },
  'gpu-unusable': { text: 'Die GPU ließ sich nicht benutzen, darum rechnet die CPU.' },
  'cpu-after-failure': { text: 'Nach einem Ausfall rechnet die CPU.' },
  'tiles-after-failure': { text: 'Nach einem Ausfall wird in kleineren Kacheln gerechnet.' },
};

export const purposes: Translation['purposes'] = {
  'fast, a little soft': { text: 'schnell, etwas weich' },
  'small and fast; opacity is kept': { text: 'klein und schnell; Deckkraft bleibt erhalten' },
  'fast, a little soft; encodes as well': { text: 'schnell, etwas weich; kodiert auch' },
  'fast, soft; encodes as well': { text: 'schnell, weich; kodiert auch' },
  'the full decoder': { text: 'der volle Decoder' },
  'the full decoder, fine-tuned': { text: 'der volle Decoder, feinabgestimmt' },
  'close to the full decoder, with less work': { text: 'nah am vollen Decoder, mit weniger Arbeit' },
  'the full decoder, sound in half precision': { text: 'der volle Decoder, stabil in halber Genauigkeit' },
  'x2 and x4 in latent space': { text: 'x2 und x4 im Latentraum' },
  'x2 in latent space, small': { text: 'x2 im Latentraum, klein' },
  'x2 in latent space, sharp rather than exact': { text: 'x2 im Latentraum, eher scharf als genau' },
  "turns such latents into SDXL's, roughly": { text: 'macht aus solchen Latents ungefähr die von SDXL' },
  "turns such latents into SD 3's, roughly": { text: 'macht aus solchen Latents ungefähr die von SD 3' },
  "turns such latents into SD 1's, roughly": { text: 'macht aus solchen Latents ungefähr die von SD 1' },
};
