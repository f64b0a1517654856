//! An order of functions in which those that are alike stand near each other.
//!
//! gzip finds a repetition only within the last 32 kB, and tells a near one in fewer bits. So
//! the next function is always the one of which the most stands in that window already. What
//! is alike is measured by shingles: all runs of six bytes that two or more functions share.
//! Nothing is counted or weighed that another machine would round differently.

use std::collections::VecDeque;

/// The length of a shingle in bytes: an instruction that calls or loads, and one beside it.
const SHINGLE_LEN: usize = 6;
/// What more functions than this have in common, such as their first instructions, tells
/// nothing: some of them are always near.
const SHARED_MAX: usize = 100;
/// As far back as gzip looks, and a nearer part that counts again.
const WINDOW_BYTES: [usize; 2] = [32 << 10, 8 << 10];
/// The weight of a shingle that one function would have.
const WEIGHT: u64 = 1000;
/// Added to what a function could gain at most, so that tiny ones do not come first.
const SMALL: u64 = 10 * WEIGHT;

/// The order: at each place the number of the function that stood at another before.
pub(super) fn by_likeness(bodies: &[&[u8]]) -> Vec<usize> {
    let shingles = Shingles::of(bodies);
    let wishes: Vec<u64> = (0..bodies.len())
        .map(|function| shingles.weight(function) + SMALL)
        .collect();
    let mut likeness = vec![0; bodies.len()];
    let mut windows = WINDOW_BYTES.map(|bytes| Window::new(bytes, shingles.with.len()));
    let mut left: Vec<usize> = (0..bodies.len()).collect();
    let mut order = Vec::with_capacity(bodies.len());
    while let Some(place) = best(&left, &likeness, &wishes) {
        // Those that are left keep their order, so that equals stay in it.
        let function = left.remove(place);
        order.push(function);
        for window in &mut windows {
            window.push(function, bodies, &shingles, &mut likeness);
        }
    }
    order
}

/// The place of the function that the window serves best: by how much of it is there, and
/// a little more if that is much.
fn best(left: &[usize], likeness: &[u64], wishes: &[u64]) -> Option<usize> {
    let mut best = None;
    let mut best_score = -1.0;
    for (place, &function) in left.iter().enumerate() {
        let like = likeness[function] as f64;
        // The exponent 1.25, by roots: they are exact on every machine.
        let score = like * like.sqrt().sqrt() / wishes[function] as f64;
        if score > best_score {
            best = Some(place);
            best_score = score;
        }
    }
    best
}

/// Which functions have which shingles, of those that two or more have.
struct Shingles {
    /// By function.
    of: Vec<Vec<usize>>,
    /// By shingle: the functions that have it, and its weight: what is rare tells more.
    with: Vec<(Vec<usize>, u64)>,
}

impl Shingles {
    fn of(bodies: &[&[u8]]) -> Self {
        let mut all = Vec::new();
        for (function, body) in bodies.iter().enumerate() {
            all.extend(body.windows(SHINGLE_LEN).map(|run| (run, function)));
        }
        all.sort_unstable();
        all.dedup();
        let mut shingles = Self {
            of: vec![Vec::new(); bodies.len()],
            with: Vec::new(),
        };
        for same in all.chunk_by(|a, b| a.0 == b.0) {
            if (2..=SHARED_MAX).contains(&same.len()) {
                for &(_, function) in same {
                    shingles.of[function].push(shingles.with.len());
                }
                let functions = same.iter().map(|&(_, function)| function).collect();
                let weight = (WEIGHT.pow(4) / same.len() as u64).isqrt().isqrt();
                shingles.with.push((functions, weight));
            }
        }
        shingles
    }

    fn weight(&self, function: usize) -> u64 {
        let shingles = &self.of[function];
        let weight: u64 = shingles.iter().map(|&shingle| self.with[shingle].1).sum();
        weight * WINDOW_BYTES.len() as u64
    }
}

/// The functions that a compressor still has before it.
struct Window {
    bytes_max: usize,
    bytes: usize,
    functions: VecDeque<usize>,
    /// How many of them have a shingle.
    held: Vec<u32>,
}

impl Window {
    fn new(bytes_max: usize, shingles: usize) -> Self {
        Self {
            bytes_max,
            bytes: 0,
            functions: VecDeque::new(),
            held: vec![0; shingles],
        }
    }

    /// Lets a function in and others out, and keeps count of the likeness of all to what is in.
    fn push(
        &mut self,
        function: usize,
        bodies: &[&[u8]],
        shingles: &Shingles,
        likeness: &mut [u64],
    ) {
        self.functions.push_back(function);
        self.bytes += bodies[function].len();
        for &shingle in &shingles.of[function] {
            self.held[shingle] += 1;
            if self.held[shingle] == 1 {
                let (functions, weight) = &shingles.with[shingle];
                functions.iter().for_each(|&f| likeness[f] += *weight);
            }
        }
        while self.bytes > self.bytes_max && self.functions.len() > 1 {
            let Some(oldest) = self.functions.pop_front() else {
                break;
            };
            self.bytes -= bodies[oldest].len();
            for &shingle in &shingles.of[oldest] {
                self.held[shingle] -= 1;
                if self.held[shingle] == 0 {
                    let (functions, weight) = &shingles.with[shingle];
                    functions.iter().for_each(|&f| likeness[f] -= *weight);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Functions of two kinds in turn, each kind with a text of its own and a byte that differs.
    fn two_kinds(count: u8, text_len: u8) -> Vec<Vec<u8>> {
        let kind = |first: u8| (0..text_len).map(move |i| first.wrapping_add(i));
        (0..count)
            .map(|i| kind(i % 2 * 100).chain([i]).collect())
            .collect()
    }

    fn order_of(functions: &[Vec<u8>]) -> Vec<usize> {
        by_likeness(&Vec::from_iter(functions.iter().map(Vec::as_slice)))
    }

    #[test]
    fn every_function_has_one_place() {
        let mut order = order_of(&two_kinds(200, 20));
        order.sort_unstable();
        assert_eq!(order, Vec::from_iter(0..200));
        assert_eq!(order_of(&[]), [0; 0]);
        assert_eq!(order_of(&[vec![1], vec![1]]), [0, 1]);
    }

    #[test]
    fn what_is_alike_stands_together() {
        let order = order_of(&two_kinds(20, 30));
        assert_eq!(
            order,
            Vec::from_iter((0..20).step_by(2).chain((1..20).step_by(2)))
        );
    }

    #[test]
    fn the_window_forgets() {
        let bodies: Vec<&[u8]> = vec![b"abcdefgh", b"abcdefgh", b"ABCDEFGH", b"ABCDEFGH"];
        let shingles = Shingles::of(&bodies);
        let mut likeness = vec![0; 4];
        let mut window = Window::new(8, shingles.with.len());
        window.push(0, &bodies, &shingles, &mut likeness);
        assert!(likeness[1] > 0 && likeness[3] == 0);
        window.push(2, &bodies, &shingles, &mut likeness);
        assert!(likeness[1] == 0 && likeness[3] > 0);
    }
}
