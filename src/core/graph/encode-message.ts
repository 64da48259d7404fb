import { PbfWriter } from 'pbf';
import { type MessageSchema, type ModelMessage, modelSchema, type WireKind } from './onnx-schema.ts';

type Message = Readonly<Record<string, unknown>>;

function writeField(kind: WireKind, tag: number, value: unknown, pbf: PbfWriter): void {
  if (kind === 'int') pbf.writeVarintField(tag, value as number);
  else if (kind === 'float') pbf.writeFloatField(tag, value as number);
  else if (kind === 'string') pbf.writeStringField(tag, value as string);
  else if (kind === 'bytes') pbf.writeBytesField(tag, value as Uint8Array);
  else pbf.writeMessage(tag, (message: Message, out) => writeMessage(kind, message, out), value as Message);
}

function writeMessage(schema: MessageSchema, message: Message, pbf: PbfWriter): void {
  for (const [name, { tag, kind, repeated }] of Object.entries(schema)) {
    const value = message[name];
    if (value === undefined) continue;
    if (repeated) for (const item of value as readonly unknown[]) writeField(kind, tag, item, pbf);
    else writeField(kind, tag, value, pbf);
  }
}

/** Protocol-buffer bytes of an ONNX model; the caller owns them. Fields that are `undefined` are left out. */
export function encodeModel(model: ModelMessage): Uint8Array {
  const pbf = new PbfWriter();
  writeMessage(modelSchema, model, pbf);
  return pbf.finish();
}
