//! Where sessions lie: one database with a store of cards and one of texts, both by
//! identifier. What belongs together is written in one transaction.

use idb::{Database as Connection, DatabaseEvent as _, Factory, ObjectStoreParams};
use idb::{Transaction, TransactionMode, TransactionResult};
use wasm_bindgen::JsValue;

use super::{Card, KeepError};

const NAME: &str = "glassraft";
const VERSION: u32 = 1;
const CARDS: &str = "cards";
const TEXTS: &str = "texts";

/// The sessions of this browser.
pub(super) struct Database(Connection);

/// All cards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cards {
    /// Newest first.
    pub(crate) cards: Vec<Card>,
    /// How many more there are that cannot be read. They stay where they are.
    pub(crate) damaged: usize,
}

impl Database {
    /// Opens it, or makes it.
    pub(super) async fn open() -> Result<Self, KeepError> {
        let factory = Factory::new().map_err(|_| KeepError::Unavailable)?;
        let mut request = factory
            .open(NAME, Some(VERSION))
            .map_err(|_| KeepError::Unavailable)?;
        request.on_upgrade_needed(|event| {
            let Ok(connection) = event.database() else {
                return;
            };
            for store in [CARDS, TEXTS] {
                // If it is refused, every use of the store says so.
                let _refused = connection.create_object_store(store, ObjectStoreParams::new());
            }
        });
        let opened = request.await.map_err(|_| KeepError::Unavailable)?;
        Ok(Self(opened))
    }

    /// All cards.
    pub(super) async fn cards(&self) -> Result<Cards, KeepError> {
        let transaction = self.0.transaction(&[CARDS], TransactionMode::ReadOnly)?;
        let values = transaction
            .object_store(CARDS)?
            .get_all(None, None)?
            .await?;
        let mut cards: Vec<Card> = Vec::new();
        for card in values.iter().filter_map(Card::from_js) {
            let place = cards.partition_point(|other| other.saved_at > card.saved_at);
            cards.insert(place, card);
        }
        let damaged = values.len() - cards.len();
        Ok(Cards { cards, damaged })
    }

    /// The text of a session.
    pub(super) async fn text(&self, id: &str) -> Result<String, KeepError> {
        let transaction = self.0.transaction(&[TEXTS], TransactionMode::ReadOnly)?;
        let request = transaction.object_store(TEXTS)?.get(JsValue::from(id))?;
        let value = request.await?.ok_or(KeepError::Gone)?;
        value.as_string().ok_or(KeepError::NoText)
    }

    /// Writes a session in place of the one that has its identifier. The requests are made
    /// before this first waits, so they go out even if the page is left.
    pub(super) async fn put(&self, card: &Card, text: &str) -> Result<(), KeepError> {
        let transaction = self.write()?;
        let id = JsValue::from(&card.id);
        let _answer = transaction
            .object_store(CARDS)?
            .put(&card.to_js(), Some(&id))?;
        let text = JsValue::from(text);
        let _answer = transaction.object_store(TEXTS)?.put(&text, Some(&id))?;
        committed(transaction).await
    }

    /// Deletes sessions.
    pub(super) async fn delete(&self, ids: &[String]) -> Result<(), KeepError> {
        let transaction = self.write()?;
        for id in ids.iter().map(JsValue::from) {
            for store in [CARDS, TEXTS] {
                let _answer = transaction.object_store(store)?.delete(id.clone())?;
            }
        }
        committed(transaction).await
    }

    fn write(&self) -> Result<Transaction, KeepError> {
        let stores = [CARDS, TEXTS];
        Ok(self.0.transaction(&stores, TransactionMode::ReadWrite)?)
    }
}

/// Ends a transaction that writes.
async fn committed(transaction: Transaction) -> Result<(), KeepError> {
    match transaction.commit()?.await? {
        TransactionResult::Committed => Ok(()),
        // Without an error of its own it is the storage that gave way.
        TransactionResult::Aborted => Err(KeepError::Full),
    }
}
