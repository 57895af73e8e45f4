/** Nets as safetensors files. */
export { type CheckpointsOptions, checkpoints } from './callback.ts';
export {
  applyCheckpoint,
  type Checkpoint,
  type CheckpointOptions,
  decodeCheckpoint,
  encodeCheckpoint,
  loadNet,
  saveNet,
} from './checkpoint.ts';
export { decodeSafetensors, encodeSafetensors, type Tensor, type TensorFile } from './safetensors.ts';
