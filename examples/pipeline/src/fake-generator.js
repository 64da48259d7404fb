// Stands for a text-to-image pipeline: it has a device and leaves its result in a buffer there, as its scheduler's last step does.
export async function generate(device, values) {
  const buffer = device.createBuffer({
    size: values.byteLength,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
  });
  device.queue.writeBuffer(buffer, 0, values);
  return buffer;
}
