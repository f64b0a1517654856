//! Reading the words of a command one after the other.

use crate::member::NodeId;
use crate::trace::{Frame, NodeFrame};

use super::output::Finished;

/// Why a command is not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// What is wrong, and where.
    pub(super) message: String,
    /// The exit status: 2 for a line that says nothing, 1 for one that cannot be done now.
    pub(super) exit: i32,
}

impl Refusal {
    /// The line does not say what to do.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            exit: 2,
        }
    }

    /// A word is not what it has to be.
    pub(super) fn is_not(word: &str, what: &str) -> Self {
        Self::usage(format!("`{word}' is not {what}"))
    }

    /// The line is right, and cannot be done now.
    pub(super) fn now(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            exit: 1,
        }
    }

    /// What is printed.
    pub(super) fn finished(self, command: &str) -> Finished {
        Finished::error(format!("{command}: {}", self.message), self.exit)
    }
}

/// The words of a command that are not read yet.
#[derive(Clone, Debug)]
pub(super) struct Words<'a> {
    rest: &'a [String],
    frame: &'a Frame,
}

impl<'a> Words<'a> {
    /// The words behind a command's name, said of this picture.
    pub(super) fn new(words: &'a [String], frame: &'a Frame) -> Self {
        Self { rest: words, frame }
    }

    /// The picture that the words are said of.
    pub(super) fn frame(&self) -> &'a Frame {
        self.frame
    }

    pub(super) fn peek(&self) -> Option<&'a str> {
        self.rest.first().map(String::as_str)
    }

    /// Whether more than one node is named between here and `behind`, be it twice the same.
    pub(super) fn names_several(&self, behind: &Self) -> bool {
        let taken = &self.rest[..self.rest.len() - behind.rest.len()];
        let names = taken.iter().flat_map(|word| word.split(','));
        names.take(2).count() > 1
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next word.
    pub(super) fn next(&mut self) -> Option<&'a str> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    /// Takes the next word if it is this one.
    pub(super) fn take(&mut self, word: &str) -> bool {
        let is_it = self.peek() == Some(word);
        if is_it {
            self.next();
        }
        is_it
    }

    /// The next word, of which something has to be made.
    ///
    /// # Errors
    /// There is none, or nothing can be made of it; `what` says what it had to be.
    pub(super) fn parse<T>(
        &mut self,
        what: &str,
        parse: impl FnOnce(&'a str) -> Option<T>,
    ) -> Result<T, Refusal> {
        let words = self.rest;
        let parsed = self.next().and_then(parse);
        parsed.ok_or_else(|| expected(words, what))
    }

    /// Complains of the next word, or of its absence.
    pub(super) fn expected(&self, what: &str) -> Refusal {
        expected(self.rest, what)
    }

    /// Makes sure that no word is left.
    ///
    /// # Errors
    /// One is.
    pub(super) fn end(&self) -> Result<(), Refusal> {
        self.peek().map_or(Ok(()), |word| {
            Err(Refusal::usage(format!("`{word}' is one word too many")))
        })
    }

    /// One node of the cluster.
    ///
    /// # Errors
    /// The next word is none.
    pub(super) fn node(&mut self) -> Result<NodeId, Refusal> {
        const WHAT: &str = "a node; nodes are n1, n2, … or leader";
        let word = self.peek();
        let word = word.ok_or_else(|| Refusal::usage("a node is missing at the end"))?;
        if word == "leader" {
            self.next();
            let leader = self.frame.leader();
            return leader
                .map(|node| node.node)
                .ok_or_else(|| Refusal::now("there is no leader now"));
        }
        let node = parse_node(word).ok_or_else(|| self.expected(WHAT))?;
        self.next();
        self.known(node)
    }

    fn known(&self, node: NodeId) -> Result<NodeId, Refusal> {
        if self.frame.node(node).is_some() {
            return Ok(node);
        }
        let nodes = self.frame.nodes.len();
        Err(Refusal::usage(format!(
            "there is no node {node} (there are n1 to n{nodes})"
        )))
    }

    /// As many nodes as are named here: `n1 n2`, `n1,n2`, `leader`, `followers`, or `all`,
    /// which is those of whom `is_meant` says so. None if the next word names no node.
    ///
    /// # Errors
    /// One of them is not in the cluster, or a word such as `all` names none now.
    pub(super) fn nodes_if_any(
        &mut self,
        is_meant: fn(&NodeFrame) -> bool,
    ) -> Result<Vec<NodeId>, Refusal> {
        let mut nodes: Vec<NodeId> = Vec::new();
        while let Some(word) = self.peek() {
            let named = match word {
                "all" => self.those(&is_meant),
                "followers" => {
                    let leader = self.frame.leader().map(|node| node.node);
                    self.those(&|node| node.role().is_some() && Some(node.node) != leader)
                }
                "leader" => {
                    nodes.push(self.node()?);
                    continue;
                }
                _ => match word.split(',').map(parse_node).collect() {
                    Some(named) => named,
                    None => break,
                },
            };
            if named.is_empty() {
                return Err(Refusal::now(format!("`{word}' is no node now")));
            }
            self.next();
            for node in named {
                nodes.push(self.known(node)?);
            }
        }
        let mut each = Vec::new();
        for node in nodes {
            if !each.contains(&node) {
                each.push(node);
            }
        }
        Ok(each)
    }

    /// At least one node, as [`Words::nodes_if_any`] reads them.
    ///
    /// # Errors
    /// The next word names none, or one that is not in the cluster.
    pub(super) fn nodes(
        &mut self,
        is_meant: fn(&NodeFrame) -> bool,
    ) -> Result<Vec<NodeId>, Refusal> {
        if self.is_empty() {
            return Err(Refusal::usage(
                "needs one node or more, as in n1 n2, leader or all",
            ));
        }
        let nodes = self.nodes_if_any(is_meant)?;
        if nodes.is_empty() {
            return Err(self.expected("a node; nodes are n1, n2, …, leader, followers or all"));
        }
        Ok(nodes)
    }

    /// All nodes that are meant, by number.
    pub(super) fn those(&self, is_meant: &dyn Fn(&NodeFrame) -> bool) -> Vec<NodeId> {
        let nodes = self.frame.nodes.iter();
        nodes
            .filter(|node| is_meant(node))
            .map(|node| node.node)
            .collect()
    }
}

/// Complains of the first of these words, or that there is none.
fn expected(words: &[String], what: &str) -> Refusal {
    match words.first() {
        Some(word) => Refusal::is_not(word, what),
        None => Refusal::usage(format!("{what} is missing at the end")),
    }
}

/// The node that a word names, whether the cluster has it or not.
pub(super) fn parse_node(word: &str) -> Option<NodeId> {
    let number = word.strip_prefix('n')?;
    let digits = !number.starts_with(['0', '+']) && !number.is_empty();
    digits.then(|| number.parse().ok().and_then(NodeId::new))?
}
