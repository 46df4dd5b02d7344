/** What stands in the Wiki: made up, and short. */

export interface Article {
  /** In addresses: /wiki/NAME. */
  readonly name: string;
  readonly title: string;
  readonly paragraphs: readonly string[];
}

export const ARTICLES: readonly Article[] = [
  {
    name: 'travel',
    title: 'Travelling for work',
    paragraphs: [
      'Take the train where it needs less than five hours. Book it yourself, and keep the receipt.',
      'Receipts go into Acme Expenses. You are signed in there already: that is what single sign-on is for.',
    ],
  },
  {
    name: 'coffee',
    title: 'The coffee machine',
    paragraphs: ['It is descaled every other Friday. Whoever sees the red light first does it.', 'The good beans are behind the tea.'],
  },
  {
    name: 'passwords',
    title: 'Where your password goes',
    paragraphs: [
      'Into Signet, and nowhere else. The Wiki has no field for one, and never learns it.',
      'What it gets instead is a token: an hour long, for this Wiki only, signed.',
    ],
  },
];
