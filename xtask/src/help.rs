//! What `cargo xtask help` says.

pub(crate) const TEXT: &str = "\
cargo xtask <chore>: every chore of the project

  setup [--tests]        install what a build needs (--tests: what the tests need too)
  serve [--port N] [--open] [--dev]
                         build the page and serve it on 127.0.0.1, again at each change
                         (--port: default 8080; --open: open a browser; --dev: build
                         faster, run slower)
  build                  build the page into dist/, for any static host and sub-path,
                         and check its size
  test [STEP…] [-- NAME…]
                         run every check and test, or only the steps named:
                         fmt clippy doc native conformance build wasm browser
                         (NAME…: only tests whose name contains one of these)
  screenshots [--out DIR] [--only TEXT] [--hash '#…'] [--script FILE] [--url URL]
                         take a picture of the page in six views once it has a leader
                         (--out: default target/screenshots; --only: views whose name
                         contains TEXT, as in 1440x900-dark; --hash: put behind the
                         address; --script: JavaScript to run before each picture, the
                         body of an asynchronous function, which can await
                         waitFor(() => condition); --url: a page served by `serve`,
                         instead of a build)
  bench                  the sizes and the benchmarks, native and in the browser
  fuzz [--inputs N] [--seed S]
                         read hostile links and files; what fails is printed with its
                         input, and the seed repeats it (--inputs: default 1000000)
  conformance [--programs N] [--requests N] [--seed S]
                         ask a real etcd 3.4 and the cluster here the same at random,
                         and compare all answers; of a program that differs the
                         smallest is printed (defaults: 200 programs of 60 requests)
  conformance --lines N [--seed S]
                         the same for N lines of etcdctl, byte for byte, in sessions
                         that begin on fresh servers
  help                   this text

The tools are kept for all clones in $GLASSRAFT_TOOLS, or else in the user's cache
folder under glassraft/tools. CHROME and CHROMEDRIVER name a browser and its driver,
where those on the search path are not wanted.
";
