/** Places of one piece of memory. */
const PLACES = 1_024;

/**
 * Memory for the accepted vouchers, a place for each slot. It is written over again and again, so that
 * the collector has nothing to do with it, and shared, so that the disk thread needs no copy.
 */
export interface VoucherMemory {
  /** Copies a voucher to the place of its slot, where it stays until the slot's next one. */
  put(slot: number, bytes: Uint8Array): Uint8Array;
}

/** `placeBytes`: of the longest voucher. */
export function createVoucherMemory(placeBytes: number): VoucherMemory {
  const pieces: SharedArrayBuffer[] = [];
  return {
    put(slot, bytes) {
      const nth = Math.floor(slot / PLACES);
      while (pieces.length <= nth) pieces.push(new SharedArrayBuffer(PLACES * placeBytes));
      const piece = pieces[nth] as SharedArrayBuffer;
      const place = new Uint8Array(piece, (slot % PLACES) * placeBytes, bytes.length);
      place.set(bytes);
      return place;
    },
  };
}
