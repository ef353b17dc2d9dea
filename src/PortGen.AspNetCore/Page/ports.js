(() => {
  const interval = 2000;
  const news = document.getElementById('news');
  const pause = document.getElementById('pause');
  let paused = false;
  let lost = false;

  const rows = page => [...page.querySelectorAll('tbody tr')];

  // Cell by cell, so that whoever is on a link stays on it.
  const replace = (before, after) => {
    if (before.children.length !== after.children.length) {
      before.replaceChildren(...after.childNodes);
    } else {
      [...after.children].forEach((cell, i) => {
        if (cell.innerHTML !== before.children[i].innerHTML) {
          before.children[i].replaceChildren(...cell.childNodes);
        }
      });
    }
  };

  const show = page => {
    const said = lost ? ['The application answers again.'] : [];
    lost = false;
    rows(page).forEach((after, i) => {
      const before = rows(document)[i];
      if (before.dataset.state !== after.dataset.state) {
        said.push(after.dataset.port + ' is now ' + after.dataset.state + '.');
        before.dataset.state = after.dataset.state;
      }
      replace(before, after);
    });
    document.getElementById('time').replaceChildren(...page.getElementById('time').childNodes);
    if (said.length !== 0) {
      news.textContent = said.join(' ');
    }
  };

  const update = async () => {
    try {
      const answer = await fetch(location.href, { cache: 'no-store' });
      const html = await answer.text();

      // Without style and script: they have the nonce of another answer.
      const page = new DOMParser().parseFromString(html.slice(html.indexOf('<main>'), html.indexOf('</main>')), 'text/html');
      if (rows(page).length !== rows(document).length) {
        throw new Error('not the page');
      }
      show(page);
    } catch {
      if (!lost) {
        news.textContent = 'The application does not answer; this is what it last said.';
      }
      lost = true;
    }
  };

  const live = async () => {
    if (!paused) {
      await update();
    }
    setTimeout(live, interval);
  };

  pause.hidden = false;
  pause.addEventListener('click', () => {
    paused = !paused;
    pause.textContent = paused ? 'Go on updating' : 'Pause updating';
  });
  setTimeout(live, interval);
})();
