(() => {
  const interval = 2000;
  const root = document.documentElement;
  const find = id => document.getElementById(id);
  const news = find('news');
  const pause = find('pause');
  const filter = find('filter');
  let paused = false;

  const cards = page => [...page.querySelectorAll('.port')];

  const sift = () => {
    const wanted = filter.value.trim().toLowerCase();
    cards(document).forEach(card => {
      card.hidden = !card.textContent.toLowerCase().includes(wanted);
    });
  };

  // Part by part, so that whoever is on a link stays on it.
  const replace = (before, after) => {
    if (before.children.length !== after.children.length) {
      before.replaceChildren(...after.childNodes);
      return;
    }
    [...after.children].forEach((part, i) => {
      if (part.outerHTML !== before.children[i].outerHTML) {
        before.children[i].replaceWith(part.cloneNode(true));
      }
    });
  };

  // In the order of the later answer: trouble comes first. What moves would lose the focus.
  const arrange = after => {
    const list = find('ports');
    const focused = document.activeElement;
    after.forEach((card, i) => {
      const mine = cards(document).find(c => c.dataset.port === card.dataset.port);
      if (list.children[i] !== mine) {
        list.insertBefore(mine, list.children[i]);
      }
    });
    if (focused !== document.activeElement && focused.isConnected) {
      focused.focus();
    }
  };

  const show = page => {
    const said = root.dataset.stale ? ['The application answers again.'] : [];
    delete root.dataset.stale;
    const after = cards(page);
    after.forEach(card => {
      const mine = cards(document).find(c => c.dataset.port === card.dataset.port);
      if (mine.dataset.state !== card.dataset.state) {
        said.push(card.dataset.port + ' is now ' + card.dataset.state + '.');
      }
      mine.dataset.state = card.dataset.state;
      mine.toggleAttribute('data-fallback', card.hasAttribute('data-fallback'));
      replace(mine, card);
    });
    arrange(after);
    ['time', 'summary'].forEach(id => find(id).replaceChildren(...page.getElementById(id).childNodes));
    document.title = page.title;
    sift();
    if (said.length !== 0) {
      news.textContent = said.join(' ');
    }
  };

  const lose = () => {
    if (!root.dataset.stale) {
      root.dataset.stale = 'true';
      document.title = '(no answer) ' + document.title;
      news.textContent = 'No answer since ' + new Date().toLocaleTimeString() + '. This is what the application last said.';
    }
  };

  const update = async () => {
    try {
      const answer = await fetch(location.href, { cache: 'no-store' });
      const html = await answer.text();

      // Without style and script: they have the nonce of another answer.
      const page = new DOMParser().parseFromString(html.replace(/<(style|script)[^]*?<\/\1>/g, ''), 'text/html');
      const names = p => cards(p).map(c => c.dataset.port).sort().join();
      if (!answer.ok || names(page) !== names(document)) {
        throw new Error('not the page');
      }
      show(page);
    } catch {
      lose();
    }
  };

  const live = async () => {
    if (!paused) {
      await update();
    }
    setTimeout(live, interval);
  };

  find('tools').hidden = false;
  filter.addEventListener('input', sift);
  pause.addEventListener('click', () => {
    paused = !paused;
    pause.textContent = paused ? 'Go on updating' : 'Pause updating';
  });
  setTimeout(live, interval);
})();
