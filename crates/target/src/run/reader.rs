//! Blocks of lines, read ahead of those who take them.

use std::io::Read;
use std::sync::mpsc::{self, Receiver, Sender};

use singer::lines::{Block, Blocks, ReadError};

/// Blocks of lines in memory at a time, for the reader to be ahead of the decoder.
const BLOCKS: usize = 4;

/// The blocks that a reader fills.
pub(super) struct Pool {
    /// Where those that were taken come back.
    back: Receiver<Block>,
    free: Vec<Block>,
}

impl Pool {
    /// A pool, and the way back into it.
    pub(super) fn new() -> (Sender<Block>, Pool) {
        let (spare, back) = mpsc::channel();
        (spare, Pool { back, free: (0..BLOCKS).map(|_| Block::default()).collect() })
    }

    /// Reads until the end or a fault, and hands over each block, and how it ended; or until nobody takes them. `hand` says whether
    /// somebody does.
    pub(super) fn read<R: Read>(
        &mut self,
        mut blocks: Blocks<R>,
        mut hand: impl FnMut(Result<Option<Block>, ReadError>) -> bool,
    ) {
        while let Some(used) = self.free.pop().or_else(|| self.back.recv().ok()) {
            let read = blocks.read(used);
            let (last, long) = match &read {
                Ok(Some(block)) => (false, block.is_long()),
                _ => (true, false),
            };
            if last {
                // That one came to nothing.
                self.free.push(Block::default());
            }
            if !hand(read) || last {
                return;
            }
            // Memory has room for one long line at a time. Its block is not used again.
            if long {
                let away = BLOCKS - self.free.len();
                let back = self.back.iter().take(away);
                self.free.extend(back.map(|block| if block.is_long() { Block::default() } else { block }));
            }
        }
    }
}
